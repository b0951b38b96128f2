"""Every refusal and fault by name, with what it says to a person, once and in both languages."""
