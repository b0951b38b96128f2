"""What a number looks like under the formats that Excel and WPS in Chinese write: ours beside LibreOffice's."""

from __future__ import annotations

import csv
import io
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest
from workbooks import SOFFICE, archive, line, needs_soffice, number, parts, sheet

from auditkit.quantity.numbers import amount
from auditkit.read import libreoffice
from auditkit.read.excel.format_code import BUILT_IN, GENERAL
from auditkit.read.excel.number_format import UNKNOWN, UNPRINTED, UNSIGNED, print_text, read_number
from auditkit.read.excel.number_format import number as stored

DAY = "44562.75"  # 2022-01-01 18:00, a Saturday


class Row(NamedTuple):
    """A value under a code, or under the format of a number, what is read of it, and why LibreOffice prints another text."""

    value: str
    code: str | int
    text: str
    why: str = ""


NO_GENERAL = "LibreOffice takes 通用格式 for words and loses the number"
NO_ESCAPE = "LibreOffice prints the ! that Excel in Chinese has for a backslash"
NO_COLOR = "LibreOffice drops the whole format for the name of a colour in Chinese"
ERA = "LibreOffice counts e from the era of its language; Excel in Chinese prints the year"
MONTH = "the name of a month is the machine's (Jan, 1月): read in figures"
EVEN = "a power of ten or a fraction says no more than the number"
DIGITS = "digits in words are nobody's to add up: the stored number, with a doubt"
NO_SUFFIX = "LibreOffice leaves out what stands beside @"
SYSTEM = "Windows in Chinese has no weekday in its long date"
DAY_ZERO = "Excel prints a day that never was, 1900-01-00: the stored number, with a doubt"
PLAIN_DATE = "a date in Chinese digits is read in plain ones"
SIGN = "the minus stands before the currency"
TWICE = "each of two % multiplies by a hundred"
NO_HALF_DAY = "LibreOffice does not know 上午/下午 in a code"
UNDEFINED = "an era of Japan is not printed here: the stored number, with a doubt"

TABLE = (
    # The formats that a file names by number: those of all languages, and those of zh-CN.
    Row("1234.5", 0, "1234.5"), Row("1234.5", 1, "1235"), Row("1234.5", 2, "1234.50"), Row("1234.5", 3, "1,235"),
    Row("1234.5", 4, "1,234.50"), Row("1234.5", 5, "￥1,235"), Row("1234.5", 6, "￥1,235"), Row("1234.5", 7, "￥1,234.50"),
    Row("1234.5", 8, "￥1,234.50"), Row("0.885", 9, "89%"), Row("0.885", 10, "88.50%"), Row("1234.5", 11, "1234.5", EVEN),
    Row("1234.5", 12, "1234.5", EVEN), Row("1234.5", 13, "1234.5", EVEN), Row(DAY, 14, "2022-1-1"),
    Row(DAY, 15, "2022-1-1", MONTH), Row(DAY, 16, "1月1日", MONTH), Row(DAY, 17, "2022年1月", MONTH),
    Row(DAY, 18, "6:00 下午"), Row(DAY, 19, "6:00:00 下午"), Row(DAY, 20, "18:00"), Row(DAY, 21, "18:00:00"),
    Row(DAY, 22, "2022-1-1 18:00"), Row(DAY, 27, "2022年1月"), Row(DAY, 28, "1月1日"), Row(DAY, 29, "1月1日"),
    Row(DAY, 30, "1-1-22"), Row(DAY, 31, "2022年1月1日"), Row(DAY, 32, "18时00分"), Row(DAY, 33, "18时00分00秒"),
    Row(DAY, 34, "下午6时00分"), Row(DAY, 35, "下午6时00分00秒"), Row(DAY, 36, "2022年1月"), Row("-1234.5", 37, "-1,235"),
    Row("-1234.5", 38, "-1,235"), Row("-1234.5", 39, "-1,234.50"), Row("-1234.5", 40, "-1,234.50"),
    Row("1234.5", 41, "1,235"), Row("1234.5", 42, "￥1,235"), Row("1234.5", 43, "1,234.50"), Row("1234.5", 44, "￥1,234.50"),
    Row("-1234.5", 44, "-￥1,234.50", SIGN), Row(DAY, 45, "00:00"), Row("1.5", 46, "36:00:00"), Row(DAY, 47, "00:00.0"),
    Row("1234.5", 48, "1234.5", EVEN), Row("1234.5", 49, "1234.5"), Row(DAY, 50, "2022年1月"), Row(DAY, 51, "1月1日"),
    Row(DAY, 52, "2022年1月"), Row(DAY, 53, "1月1日"), Row(DAY, 54, "1月1日"), Row(DAY, 55, "下午6时00分"),
    Row(DAY, 56, "下午6时00分00秒"), Row(DAY, 57, "2022年1月"), Row(DAY, 58, "1月1日"),
    # General among other words.
    Row("46.5", 'General"公里"', "46.5公里"), Row("46.5", 'G/通用格式"公里"', "46.5公里", NO_GENERAL),
    Row("3120", 'G/通用格式\\块', "3120块", NO_GENERAL), Row("237.5", "[$-804]General", "237.5"),
    Row("126", '"约"General"人"', "约126人"), Row("2022", 'General"年"', "2022年"), Row("95", '"≥"General"%"', "≥95%"),
    Row("-5", 'General"户";-General"户"', "-5户"), Row("12", "GENERAL", "12"), Row("0", 'General;-General;"无"', "无"),
    Row("237.5", "[DBNum1]General", "237.5", DIGITS), Row("237.5", "[DBNum2]General", "237.5", DIGITS),
    Row("237.5", '[DBNum2][$-804]General"元"', "237.5", DIGITS), Row("237.5", "[DBNum3]0.0", "237.5", DIGITS),
    Row("126", "@", "126"), Row("126", '@"人"', "126人", NO_SUFFIX), Row("126", '0.0;-0.0;0;@"人"', "126.0"),
    # 元 printed as 万元, and words among the figures.
    Row("2500000", "0!.0,", "250.0", NO_ESCAPE), Row("2375000", '0!.0,"万"', "237.5万", NO_ESCAPE),
    Row("2500000", '0"."0,', "250.0"), Row("2375000", "0\\.0,", "237.5"), Row("12345678", "0!.0000", "1234.5678", NO_ESCAPE),
    Row("12345678", '0"万"0000', "1234万5678"), Row("12345678", "#,##0.0,", "12,345.7"), Row("12345678", "0.00,,", "12.35"),
    Row("202203", '0000"年"00"月"', "2022年03月"), Row("20220315", "0000-00-00", "2022-03-15"), Row("7", "000", "007"),
    # Units, signs, colours, accounting.
    Row("12", '0"次"', "12次"), Row("12", "0次", "12次"), Row("12", '"第"0"名"', "第12名"), Row("0.956", "0.0%", "95.6%"),
    Row("95.6", '0.0"%"', "95.6%"), Row("95.6", "0.0\\%", "95.6%"), Row("3.5", "0.0‰", "3.5‰"),
    Row("12", '"≥"0"公里"', "≥12公里"), Row("12345.678", "[红色]0.0", "12345.7", NO_COLOR),
    Row("-12", "0;[Red]-0", "-12"), Row("1234", "[$¥-804]#,##0", "¥1,234"), Row("1234", "¥#,##0.00", "¥1,234.00"),
    Row("-1234", "[$￥-804]#,##0;[$￥-804]-#,##0", "-￥1,234", SIGN), Row("5", "0,000", "0,005"),
    Row("1234.5", '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ', "1,234.50"),
    Row("1234.5", '_ "¥"* #,##0.00_ ;_ "¥"* \\-#,##0.00_ ;_ "¥"* "-"??_ ;_ @_ ', "¥1,234.50"),
    Row("-1234.5", "#,##0.00_);(#,##0.00)", "-1,234.50", "a minus in place of the brackets"),
    Row("-3", '0%"↑";0%"↓"', "300%↓"), Row("-3", '0"户";"减少"0"户"', "减少3户"), Row("0.5", "0%%", "5000%%", TWICE),
    Row("0.95", "0.##%", "95%"), Row("12", '[>=10]0"户";0.0', "12户"),
    # Conditions: the first section that holds, the last for all that is left.
    Row("5", '[>=10]0"户";0.0', "5.0"), Row("12000", '[>=10000]0"."0,"万元";0"元"', "1.2万元"),
    Row("1234", '[>=10000]0"."0,"万元";0"元"', "1234元"), Row("12345", '[>=10000]0!.0,"万元";0"元"', "1.2万元", NO_ESCAPE),
    Row("123456789", '[>99999999]0.00,,"百万";[>9999]0"."0,"万";0', "123.46百万"), Row("5", '[>9]0;[>3]0.0;0.00', "5.0"),
    Row("1", '[=1]"是";[=0]"否";0', "是"), Row("0", '[=1]"是";[=0]"否";0', "否"), Row("7", '[=1]"是";[=0]"否";0', "7"),
    Row("-3", '[<0]"减"0;0', "减3"), Row("-3", '[>0]0;[<0]"欠"0;"平"', "欠3"), Row("0.95", "[>=1]0.0;0%", "95%"),
    Row("5551234", "[<=9999999]###-####;(###) ###-####", "555-1234"), Row("75", '[Blue][>=90]0"优";[Red][<60]0"差";0"良"', "75良"),
    Row("95", '[蓝色][>=90]0"优";[红色][<60]0"差";0"良"', "95优", NO_COLOR),
    # Places that only fill up, numbers that are none, and what else is written.
    Row("12.5", "??0.0?", "12.5"), Row("12", "0_ ", "12"), Row("12", "* 0", "12"), Row("12", "#.##", "12"), Row("0.5", "#.0", ".5"),
    Row("12345", "000000", "012345"), Row("13800138000", "000-0000-0000", "138-0013-8000"), Row("1234", '#" "##0', "1 234"),
    Row("3.1875", "# ??/16", "3.1875", EVEN), Row("12", '0\\ "个"', "12 个"), Row("5", "+0;-0;0", "+5"), Row("12", "(0)", "(12)"),
    Row("5", '"已完成"', "已完成"), Row("5", '"第"@"名"', "第5名", NO_SUFFIX), Row("12345", '0.0,"千"', "12.3千"),
    Row("1234.5", "[$USD] #,##0.00", "USD 1,234.50"), Row("12345678", '0!.0000"万"', "1234.5678万", NO_ESCAPE),
    Row("1.5", '[h]"小时"mm"分"', "36小时00分"), Row("0.01", '[s]"秒"', "864秒"), Row(DAY, "yyyy!年m!月", "2022年1月", NO_ESCAPE),
    Row(DAY, '[DBNum2][$-804]yyyy"年"m"月"d"日"', "2022年1月1日", PLAIN_DATE), Row("0", "yyyy-mm-dd", "0", DAY_ZERO),
    # Days and times.
    Row(DAY, "yyyy-mm-dd", "2022-01-01"), Row(DAY, "yyyy/m/d", "2022/1/1"), Row(DAY, "yyyy.m.d", "2022.1.1"),
    Row(DAY, 'yyyy"年"m"月"d"日";@', "2022年1月1日"), Row(DAY, "yyyy年m月d日", "2022年1月1日"), Row(DAY, 'yyyy"年"', "2022年"),
    Row(DAY, 'yyyy"年度"', "2022年度"), Row(DAY, 'm"月份"', "1月份"), Row(DAY, '"截至"yyyy"年"m"月底"', "截至2022年1月底"),
    Row(DAY, "yyyymmdd", "20220101"), Row(DAY, "yyyy/m/d h:mm", "2022/1/1 18:00"), Row(DAY, "m/d", "1/1"),
    Row(DAY, "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "2022年1月1日", SYSTEM),
    Row(DAY, "[$-x-sysdate]dddd, mmmm dd, yyyy", "2022年1月1日", SYSTEM), Row(DAY, "[$-F400]h:mm:ss AM/PM", "18:00:00"),
    Row(DAY, '[$-804]yyyy"年"m"月"d"日" dddd', "2022年1月1日 星期六"), Row(DAY, "aaaa", "星期六"), Row(DAY, "aaa", "六"),
    Row(DAY, '[DBNum1][$-804]yyyy"年"m"月"d"日"', "2022年1月1日", PLAIN_DATE), Row(DAY, 'e"年"', "2022年", ERA),
    Row(DAY, "e/m/d", "2022/1/1", ERA), Row(DAY, "[$-804]mmmm", "一月"), Row(DAY, "d-mmm-yy", "1-1月-22"),
    Row(DAY, "[$-409]d-mmm-yy", "1-Jan-22"), Row(DAY, "[$-409]h:mm AM/PM", "6:00 PM"), Row(DAY, 'h"点"mm"分"', "18点00分"),
    Row(DAY, '上午/下午h"时"mm"分"', "下午6时00分", NO_HALF_DAY), Row("1.5", "[h]:mm", "36:00"), Row("0.5", "[mm]:ss", "720:00"),
    Row("0.500005", "hh:mm:ss.00", "12:00:00.43"), Row(DAY, '[$-411]ggge"年"', DAY, UNDEFINED),
)  # fmt: skip
DOUBTED = (DIGITS, DAY_ZERO, UNDEFINED)
# The profile that the product gives to LibreOffice.
TO_TEXT = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true"


def id_of(row: Row) -> str:
    return f"{row.value} {row.code}"


@pytest.mark.parametrize("row", TABLE, ids=id_of)
def test_a_number_is_read_as_excel_prints_it(row):
    code = BUILT_IN[row.code] if isinstance(row.code, int) else row.code
    text, doubt = read_number(stored(row.value), code)
    assert (text.strip(), doubt) == (row.text, UNKNOWN if row.why in DOUBTED else "")


@pytest.fixture(scope="module")
def by_libreoffice(tmp_path_factory) -> list[str]:
    """What LibreOffice prints of every row, under the profile that the product gives it."""
    folder = tmp_path_factory.mktemp("formats")
    made = parts(
        {"S": sheet("".join(line(n, number(f"A{n}", row.value, n)) for n, row in enumerate(TABLE, 1)))},
        [row.code if isinstance(row.code, str) else "0" for row in TABLE],
    )
    for n, row in enumerate(TABLE, 164):
        if isinstance(row.code, int):
            made["xl/styles.xml"] = made["xl/styles.xml"].replace(f'<xf numFmtId="{n}"', f'<xf numFmtId="{row.code}"')
    profile = folder / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(libreoffice._PROFILE, "utf-8")
    (folder / "a.xlsx").write_bytes(archive(made))
    command = [SOFFICE, f"-env:UserInstallation={profile.parent.as_uri()}", "--headless", "--convert-to", TO_TEXT]
    subprocess.run([*command, "--outdir", folder, folder / "a.xlsx"], check=True, capture_output=True, timeout=600)
    printed = csv.reader(io.StringIO(Path(folder / "a.csv").read_text("utf-8")))
    return [fields[0].strip() if fields else "" for fields in printed]


@needs_soffice
@pytest.mark.parametrize("place", range(len(TABLE)), ids=[id_of(row) for row in TABLE])
def test_libreoffice_prints_the_same_or_the_reason_is_known(place, by_libreoffice):
    row = TABLE[place]
    assert (by_libreoffice[place] == row.text) is not bool(row.why), by_libreoffice[place]


def test_the_table_has_every_built_in_format_and_enough_others():
    assert {row.code for row in TABLE if isinstance(row.code, int)} == set(BUILT_IN)
    assert sum(isinstance(row.code, str) for row in TABLE) >= 60


@pytest.mark.parametrize(
    ("value", "code", "text", "doubt"),
    [
        ("5", ";;;", "", UNPRINTED),
        ("5", "[White]0", "", UNPRINTED),
        ("5", "[白色]0", "", UNPRINTED),
        ("0", "0;-0;", "", ""),
        ("5", "[Color 2]0", "", UNPRINTED),
        ("5", "[颜色2]0", "", UNPRINTED),
        ("-5", "0;0", "-5", UNSIGNED),
        ("-5", "0;[红色]0", "-5", ""),
        ("-5", "0;(0)", "-5", ""),
        ("5", "0;[>3]0.0", "5", UNKNOWN),
        ("50", "[<3]0;[<9]0.0", "50", UNKNOWN),
        ("5", "0.0kg", "5", UNKNOWN),
        ("5", "0m", "5", UNKNOWN),
        ("-5", "yyyy-mm-dd", "-5", UNKNOWN),
        ("3000000", "yyyy-mm-dd", "3000000", UNKNOWN),
        ("12345678", "#,##0!.0,", "12345678", UNKNOWN),
        ("0.9999999", "h:mm:ss", "0:00:00", ""),
    ],
)
def test_what_is_not_printed_or_not_understood_is_doubted(value, code, text, doubt):
    assert read_number(stored(value), code) == (text, doubt)


@pytest.mark.parametrize(
    ("text", "code", "printed"),
    [
        ("126", '@"人"', "126人"),
        ("126", '"约"@', "约126"),
        ("126", "@", "126"),
        ("126", GENERAL, "126"),
        ("126", '0.0"公里"', "126"),
        ("已建成", ";;;", ""),
        ("已建成", ";;", "已建成"),
        ("已建成", '0;0;0;"有"', "有"),
        ("已建成", 'General"公里"', "已建成"),
    ],
)
def test_a_text_is_read_as_its_format_prints_it(text, code, printed):
    assert print_text(text, code) == printed


@pytest.mark.parametrize("code", [7, 8, 39, 40, 43, 44, "[$¥-804]#,##0.00;[$¥-804]-#,##0.00", '"￥"#,##0.00'])
@pytest.mark.parametrize("value", ["1234.5", "-1234.5"])
def test_an_amount_of_money_is_an_amount(value, code):
    text, doubt = read_number(stored(value), BUILT_IN[code] if isinstance(code, int) else code)
    assert (amount(text), doubt) == (Decimal(value), "")
