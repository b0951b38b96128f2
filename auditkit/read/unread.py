"""What of a file a person does not see, or looks at twice: counted by kind while the file is read, and said as doubts."""

from __future__ import annotations

from collections import Counter

HIDDEN = "有 {} 处隐藏文字未读取"
STRUCK = "有 {} 处带删除线的文字未读取"
PALE = "有 {} 处文字与底色相同，看不见，未读取"
PALE_TEXT = "有 {} 个单元格中有颜色很浅的文字未读取"
RAISED = "有 {} 处上标或下标未读取"
LAID_OVER = "有 {} 处斜置或覆盖在页面上的文字（水印或印章）未读取"
PICTURE = "有 {} 个单元格只有图片，没有文字，未读取"
EQUATION = "有 {} 处公式按一行文字读取"
OBJECT = "有 {} 个单元格里嵌有公式等对象，未读取"
FIELD = "有 {} 处域没有结果，未读取"
NESTED = "有 {} 个单元格里另有表格，其文字未并入该单元格"

VALUES = 12  # texts that a table within a cell has at most, if it is what the cell says and no form in a frame
Unread = Counter[str]  # how many of each kind, by its words
Colour = tuple[int, int, int]

_ALIKE = 20  # of 255 in every part: nobody tells these two apart on paper


def doubts_of(unread: Unread) -> tuple[str, ...]:
    """The doubts about what was counted."""
    return tuple(f"{kind.format(count)}，请核对原件" for kind, count in unread.items() if count)


def is_unseen_on(ink: Colour, ground: Colour) -> bool:
    """Whether text of a colour cannot be seen on a ground."""
    return all(abs(one - other) <= _ALIKE for one, other in zip(ink, ground, strict=True))
