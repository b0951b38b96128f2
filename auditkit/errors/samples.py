"""Why a sample is not drawn, or its working paper not written."""

from __future__ import annotations

from auditkit.safety import Unreadable


class SampleSize(Unreadable):
    """More forms were asked for than the population has (`most`), or none; `size` is what was asked for."""

    text = (
        "样本量应为 1 到 {most}（总体中自评表的张数），不能是 {size}",
        "the size of the sample must be from 1 to {most}, the forms of the population, not {size}",
    )


class NothingToSample(Unreadable):
    """The run has audited no form."""

    text = (
        "这次运行没有审核过任何自评表，无从抽样；见 status.csv",
        "no form was audited in this run, there is nothing to draw from; see status.csv",
    )


class PopulationChanged(Unreadable):
    """The dataset is not the one that the manifest of the run lists."""

    text = (
        "数据集与清单 manifest.json 不一致（改动过，或运行中断），不能作为总体；{again}",
        "the dataset is not the one in manifest.json (changed, or the run broke off) and is no population; {again}",
    )


class BadSeed(Unreadable):
    """A seed that cannot be printed and typed again: blank, longer than `most`, or with signs that are not seen."""

    text = (
        "随机种子应为 1 到 {most} 个看得见的字符",
        "a seed is 1 to {most} letters that can be seen",
    )


class PaperStands(Unreadable):
    """There is another paper of this sample, such as one that somebody filled in."""

    text = (
        "已有内容不同的底稿（有人填写过，或由别的版本写出），保留未动；要重新生成的，请先把它改名或移走",
        "another paper stands there (filled in, or of another version) and was left as it is; to have it made again, "
        "rename or move it first",
    )
