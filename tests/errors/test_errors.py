"""Every refusal and fault: its text in both languages, the facts that it is given, and its way between processes."""

from __future__ import annotations

import ast
import importlib
import inspect
import pickle
import pkgutil
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from string import Formatter

import pytest

import auditkit.errors
import auditkit.safety
from auditkit.errors.files import Damage, Damaged, TooSlow, UnsupportedKind
from auditkit.errors.rulebooks import BadKey, KeyFault
from auditkit.errors.runs import MOST_REASONS, ReviewRefused
from auditkit.errors.store import Conflict, DriverMissing, StoreFault, StoreLocked
from auditkit.errors.usage import ExtraMissing
from auditkit.safety import HINTS, Refused, Unreadable

PACKAGE = Path(auditkit.errors.__file__).parents[1]
MODULES = [
    auditkit.safety,  # on a floor below the errors, so that what it raises itself is beside it
    *(importlib.import_module(one.name) for one in pkgutil.iter_modules(auditkit.errors.__path__, "auditkit.errors.")),
]
RECORDS = {
    name: value
    for module in MODULES
    for name, value in vars(module).items()
    if inspect.isclass(value) and issubclass(value, Unreadable) and value.__module__ == module.__name__
    if hasattr(value, "text")
}
DETAILS = {
    f"{enum.__name__}.{member.name}": member
    for module in MODULES
    for enum in vars(module).values()
    if inspect.isclass(enum) and issubclass(enum, Enum) and enum.__module__ == module.__name__
    for member in enum
}
# Said of a form, as the reason why a rule does not apply; and an import's own error, for who has an old notebook.
OTHERS = {"NotApplicable", "ModuleNotFoundError"}
CHINESE = re.compile("[一-鿿]")


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def facts(record: type[Unreadable]) -> set[str]:
    return fields(record.text[0]) - set(HINTS)


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_a_record_says_the_same_in_both_languages(name: str):
    zh, en = RECORDS[name].text
    assert fields(zh) == fields(en) or RECORDS[name].__module__.endswith("files")
    assert RECORDS[name].__doc__
    spoken = en.replace("项目名称", "").replace("三级指标", "").replace("分值", "").replace("得分", "")
    assert spoken.isascii()
    assert re.search("[一-鿿]", zh) or fields(zh)


@pytest.mark.parametrize("name", sorted(DETAILS))
def test_a_detail_says_the_same_in_both_languages(name: str):
    zh, en = DETAILS[name].value
    assert fields(en) <= fields(zh)
    assert CHINESE.search(zh)
    assert not CHINESE.search(en)


def test_the_texts_of_the_details_are_all_different():
    assert len({one.value for one in DETAILS.values()}) == len({one.value[0] for one in DETAILS.values()})
    assert len({one.text for one in RECORDS.values() if "text" in vars(one)}) == sum(
        "text" in vars(one) for one in RECORDS.values()
    )


def literal(node: ast.expr) -> bool:
    """Whether what is given holds a text for people: Chinese, or a pair of both languages."""
    parts = list(ast.walk(node))
    return any(isinstance(one, ast.Constant) and CHINESE.search(str(one.value)) for one in parts)


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_text_of_an_error_stands_where_it_is_raised(path: Path):
    if path.parent == PACKAGE / "errors":
        return
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    calls = [node.exc for node in nodes if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)]
    calls += [node for node in nodes if isinstance(node, ast.Call) and getattr(node.func, "id", "") in RECORDS]
    assert not [
        ast.unparse(call)
        for call in calls
        if getattr(call.func, "id", "") not in OTHERS
        if any(literal(given) for given in (*call.args, *(word.value for word in call.keywords)))
    ]


@pytest.mark.parametrize("kind", [Unreadable, Refused, StoreFault])
def test_an_error_without_a_text_is_none(kind: type[Unreadable]):
    with pytest.raises(AttributeError):
        kind("表.docx")


@pytest.mark.parametrize("name", sorted(HINTS))
def test_a_hint_is_in_both_languages(name: str):
    zh, en = HINTS[name]
    assert re.search("[一-鿿]", zh)
    assert en.isascii()
    assert not fields(zh) | fields(en)


def raised() -> Iterator[tuple[str, ast.Call]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RECORDS:
                yield f"{path.relative_to(PACKAGE)}:{node.lineno} {node.func.id}", node


RAISED = dict(raised())


@pytest.mark.parametrize("place", RAISED)
def test_a_record_is_given_the_facts_of_its_text(place: str):
    call = RAISED[place]
    record = RECORDS[call.func.id]
    if "__init__" in vars(record) or record.__mro__[1] is ExtraMissing:
        return  # it makes its facts itself, and Python checks what it is given
    given = (
        {word.arg for word in call.keywords} - {"changes"} - set(HINTS)
    )  # a hint of its own in place of the general one
    assert given == facts(record) - {"unsaved"}


def detailed() -> Iterator[tuple[str, ast.Call, Enum]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                given = [DETAILS.get(ast.unparse(one)) for one in (*node.args, *(word.value for word in node.keywords))]
                yield from ((f"{path.relative_to(PACKAGE)}:{node.lineno}", node, one) for one in given if one)


def test_a_detail_is_given_the_facts_of_its_text():
    own = {"program", "suffix"}  # of Damaged
    found = {
        place: fields(one.value[0]) - {word.arg for word in call.keywords} - own for place, call, one in detailed()
    }
    assert len(found) > 20
    assert not {place: missing for place, missing in found.items() if missing}


@pytest.mark.parametrize(
    "error",
    [
        TooSlow("表.docx", seconds=2.5),
        UnsupportedKind("a", kind=("图片", "an image")),
        ExtraMissing("b", "openpyxl"),
        DriverMissing("c", "psycopg"),
        StoreLocked("d", ["一处改动"]),
        Conflict("e", ["一处改动"], [None]),
        ReviewRefused("f", ["第一处"] * (MOST_REASONS + 3)),
        Damaged("g", detail=Damage.NO_PART, suffix=".docx", program="Word", part="word/document.xml"),
        BadKey("h", "grades", KeyFault.GRADES, full=100),
    ],
)
def test_a_record_is_the_same_in_another_process(error: Unreadable):
    there = pickle.loads(pickle.dumps(error))
    assert type(there) is type(error)
    assert vars(there) == vars(error)
    assert (str(there), there.say("en"), there.status) == (str(error), error.say("en"), error.status)


def test_facts_and_hints_stand_in_the_language_of_the_text():
    error = UnsupportedKind("照片.jpg", kind=("图片", "an image"))
    assert (
        str(error)
        == "照片.jpg：暂不支持图片，应为 Word、Excel、PDF、网页或文本文件；请在 Word 或 WPS 中另存为 .docx 后重新报送"
    )
    assert error.say("en") == (
        "照片.jpg: an image is not supported, expected Word, Excel, PDF, a web page or text; "
        "save it as .docx in Word or WPS and submit it again"
    )


def test_a_fact_is_text_and_no_template():
    assert "{seconds}" in UnsupportedKind("a", kind="{seconds} {0.__class__}").zh
    assert "{seconds}" in BadKey("a", "years", KeyFault.VALUE, value="{seconds}", wanted=("数", "a number")).zh


def test_a_detail_stands_in_the_text_with_its_own_facts():
    error = Damaged("表.xlsx", detail=Damage.NO_PART, suffix=".xlsx", program="Excel", part="xl/甲.xml")
    assert "应为 .xlsx（缺少 xl/甲.xml）；请用 Excel" in error.zh
    assert r"expected .xlsx ('xl/\u7532.xml' is missing)" in error.en


def test_what_was_not_saved_is_said_to_whom_it_concerns():
    assert "未保存" in StoreLocked("库", ["一处改动"]).zh
    assert "未保存" not in StoreLocked("库").zh


def test_the_extra_that_brings_a_package_is_named():
    assert isinstance(DriverMissing("库", "psycopg"), StoreFault)
    assert 'pip install "auditkit[team]"' in DriverMissing("库", "psycopg").en
    assert 'pip install "auditkit[excel]"' in ExtraMissing("review.xlsx", "openpyxl").zh
