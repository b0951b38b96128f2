"""Letters that stand for a radical, which programs that write PDF put in place of the letters that look the same."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from auditkit.document import Cell, Document, Table

_RADICAL = re.compile("[\u2e80-\u2fdf]")
# The radicals of Kangxi have their letter as compatibility form; these have it in Unicode's EquivalentUnifiedIdeograph only.
_SUPPLEMENT = (
    "⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺⺻"
    "⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳"
)
_LETTERS = (
    "厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿"
    "肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟"
)
_LETTER_OF = str.maketrans(_SUPPLEMENT, _LETTERS) | {
    code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)
}


def has_radical(text: str) -> bool:
    """Whether a letter of the text stands for a radical."""
    return _RADICAL.search(text) is not None


def with_letters(document: Document) -> Document:
    """The document with the letters that its radicals stand for, as they are shown alike: ⻔ is 门."""
    return replace(document, blocks=tuple(map(_block_with_letters, document.blocks)))


def _block_with_letters(block: Table | Cell) -> Table | Cell:
    if isinstance(block, Table):
        return Table(tuple(tuple(map(_cell_with_letters, row)) for row in block.rows))
    return _cell_with_letters(block)


def _cell_with_letters(cell: Cell) -> Cell:
    return cell._replace(text=cell.text.translate(_LETTER_OF)) if _RADICAL.search(cell.text) else cell
