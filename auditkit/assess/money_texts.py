"""What a text says about money: why it is left over, or why the budget was changed."""

from __future__ import annotations

from functools import lru_cache

from auditkit.model import Value
from auditkit.vocabulary.spelling import plain
from auditkit.vocabulary.terms import Expression, any_of, pattern

_SENTENCE = Expression(r"[。;!\n]")
_MONEY = Expression(any_of("money.words"))
_DENIED = pattern("money.denied")
_DUE, _UNSPENT, _BECAUSE, _PUT_OFF = (pattern(f"money.{kind}") for kind in ("due", "unspent", "because", "put_off"))
_SHARED = pattern("unit_cost.shared")
_ADJUSTED = pattern("money.adjusted")


def why_unspent(value: Value) -> bool:
    """True where a text says why money is left over: still due, saved, put off, late, or not needed.

    A sentence about money gives a reason; a sentence without money counts where the whole project was put off.
    """
    return _says(value.text, "unspent")


def why_adjusted(value: Value) -> bool:
    """True where a text says why the budget was changed: a new task, a grant, an approval. That it arrived says nothing."""
    return _says(value.text, "adjusted")


def paid_elsewhere(value: Value) -> bool:
    """True where a text says that others pay a part, or that a part is still to be paid."""
    return bool(_SHARED.search(value.plain)) or _says(value.text, "due")


@lru_cache(maxsize=4096)
def _says(text: str, what: str) -> bool:
    sentences = [_DENIED.sub("□", part) for part in _SENTENCE.split(plain(text))]
    if what == "adjusted":
        return any(map(_ADJUSTED.search, sentences))
    if what == "due":
        return any(map(_DUE.search, sentences))
    return any(
        _DUE.search(part)
        or _UNSPENT.search(part)
        or _PUT_OFF.search(part)
        or (_MONEY.search(part) and _BECAUSE.search(part))
        for part in sentences
    )
