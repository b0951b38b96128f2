"""Audit of China's public-budget performance self-evaluation forms (项目支出绩效自评表)."""
