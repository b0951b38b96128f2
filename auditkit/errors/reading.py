"""Why the reading of a file was ended, or needs what this machine has not."""

from __future__ import annotations

from auditkit.safety import Refused, Unreadable


class NeedsLibreOffice(Refused):
    """Only LibreOffice reads `suffix`, and it is not installed."""

    text = (
        "读取 {suffix} 需要 LibreOffice（apt install libreoffice-writer-nogui libreoffice-calc-nogui）；"
        "安装后重试，或{save_as}",
        "{suffix} needs LibreOffice (apt install libreoffice-writer-nogui libreoffice-calc-nogui); "
        "install it, or {save_as}",
    )


class NotIsolated(Refused):
    """LibreOffice cannot be kept from the network, and would follow links."""

    text = (
        "本机无法断网运行 LibreOffice（需要 unshare 或 bwrap），未转换 {suffix}；{save_as}",
        "LibreOffice cannot be kept from the network here (unshare or bwrap is needed), {suffix} was not converted; "
        "{save_as}",
    )


class NotConverted(Unreadable):
    """LibreOffice makes nothing of the file."""

    text = (
        "LibreOffice 无法读取这个 {suffix} 文件：可能已损坏，或所需内存超过 {size}{more_memory}；{save_as}",
        "LibreOffice cannot read this {suffix} file: it may be damaged, or need more than {size}{more_memory}; {save_as}",
    )


class ConvertedTooLarge(Refused):
    """What LibreOffice made is larger than `size`."""

    text = "转换后超过 {size}；{trim}", "larger than {size} when converted; {trim}"


class ConvertedTooSlowly(Refused):
    """LibreOffice took longer than `seconds`."""

    text = (
        "LibreOffice 转换超过 {seconds:g} 秒，已停止；{save_as}",
        "LibreOffice took longer than {seconds:g} s and was stopped; {save_as}",
    )


class TooSlow(Refused):
    """Reading took more than so many `seconds` of processor time."""

    text = (
        "读取占用处理器超过 {seconds:g} 秒，已中止；{check}{more_seconds}",
        "reading took more than {seconds:g} s of processor time and was stopped; {check}{more_seconds}",
    )


class Stalled(Refused):
    """Reading waited: it was not done after so many `seconds` of the clock, whatever the processor was busy with."""

    text = (
        "等了 {seconds:g} 秒仍未读完，已中止；{check}{more_patience}",
        "reading was not done after {seconds:g} s by the clock and was stopped; {check}{more_patience}",
    )


class TooMuchMemory(Refused):
    """Reading needs more memory than `size`."""

    text = (
        "读取所需内存超过 {size}，已中止；{check}{more_memory}",
        "reading needs more than {size} of memory and was stopped; {check}{more_memory}",
    )


class BrokeDown(Refused):
    """The process that read the file ended at every one of `tries`, by what `how` says."""

    text = (
        "读取进程 {tries} 次异常中止（{how}），不再尝试，文件可能损坏或经过恶意构造；{check}",
        "the process that read it broke down {tries} times ({how}) and it is not tried again, the file may be "
        "damaged or malicious; {check}",
    )


class Defect(Unreadable):
    """A fault of the program in this file, at the `place` in its code."""

    text = (
        "软件异常（{place}），请把文件交给软件维护人员；也可{check}",
        "internal error ({place}), pass the file on to the maintainers; or {check}",
    )
