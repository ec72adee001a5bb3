"""Errors meant for the user: each has a stable code, a sentence, and what to do next.

::

    Problem
    ├── ScanProblem
    │   ├── UnreadablePicture      the file is not a picture that can be read
    │   ├── NoCamera               no camera, or none that answers
    │   ├── CameraLost             the camera went away while in use
    │   ├── CameraForbidden        the system does not let us use it
    │   ├── CameraStalled          its driver hangs
    │   └── CameraBusy             another program holds the camera
    ├── VaultProblem
    │   ├── NotEnrolled            this laptop has not been enrolled yet
    │   ├── WrongPassword          with the tries that are left
    │   ├── LockedOut              too many tries; with the time of release
    │   ├── WeakPassword           too short, too common
    │   ├── VaultDamaged           key file or database cannot be opened
    │   ├── StoreFull              no room on the disk
    │   ├── Locked                 locked meanwhile: the keys are forgotten
    │   ├── RecoveryRefused        a grant for a forgotten password that is not ours, forged or over
    │   ├── LaptopWiped            the centre had a lost laptop forget everything
    │   ├── InUse                  another window of the program has this laptop's data open
    │   └── CipherMissing          the database driver would write in clear
    ├── RegisterProblem
    │   ├── NoRegister             nothing installed for this area
    │   ├── RegisterDamaged        digest or structure wrong
    │   └── RegisterRefused        a pack that is not signed, older, or not ours
    ├── SyncProblem
    │   ├── ServiceDown            no answer
    │   │   └── ServiceBusy        it is there, and asks to be left alone for a while
    │   ├── ServiceImpostor        certificate is not the service's
    │   ├── ServiceRefused         the service said no, with its reason
    │   ├── PackageRefused         a file on a stick is damaged, changed, or for somebody else
    │   ├── StickUnusable          a stick cannot be read or written, or keeps something else
    │   ├── EnrolmentRefused       one-time code wrong, used or expired
    │   └── Cancelled              the user stopped it
    ├── InspectionProblem
    │   ├── NotReady               cannot be sealed or started yet; lists what is missing
    │   └── AlreadySealed          a sealed record is immutable
    ├── PaperProblem               the paper could not be set
    ├── InputProblem               a field holds something that cannot be taken
    └── KeysRefused                a step with issuing or root keys cannot be done

Anything else that is raised is a bug, not a message.
"""

from collections.abc import Sequence


class Problem(Exception):
    """Something the user can understand and act on.

    ``code`` is stable and documented; ``sentence`` says what happened and ``advice`` what to do
    next, both in Chinese, plain text. Neither ever holds a secret or a stack trace.
    """

    code = "problem"
    sentence = "操作没有完成。"
    advice = "请重试；仍不成功请联系管理员。"

    def __init__(self, sentence: str = "", advice: str = "") -> None:
        self.sentence = sentence or type(self).sentence
        self.advice = advice or type(self).advice
        super().__init__(self.sentence)


class ScanProblem(Problem):
    code = "scan"


class UnreadablePicture(ScanProblem):
    code = "unreadable-picture"
    sentence = "这个文件不是能读取的图片。"
    advice = "请换用 JPEG、PNG 或 WebP 图片，或直接输入代码。"


class NoCamera(ScanProblem):
    code = "no-camera"
    sentence = "没有找到可用的摄像头。"
    advice = "请插好摄像头后按空格重试，或直接输入代码、打开图片。"


class CameraLost(ScanProblem):
    code = "camera-lost"
    sentence = "摄像头断开了。"
    advice = "请重新插好摄像头，程序会自动继续；也可以直接输入代码。"


class CameraBusy(ScanProblem):
    code = "camera-busy"
    sentence = "摄像头正被其他程序占用。"
    advice = "请关闭占用摄像头的程序后按空格重试。"


class CameraForbidden(ScanProblem):
    code = "camera-forbidden"
    sentence = "系统不允许本程序使用摄像头。"
    advice = "请在系统“设置 → 隐私 → 摄像头”中允许桌面程序使用，再按空格重试；也可以直接输入代码。"


class CameraStalled(ScanProblem):
    code = "camera-stalled"
    sentence = "摄像头没有送来画面。"
    advice = "请拔下摄像头再插好，程序会自动继续；也可以直接输入代码。"


class VaultProblem(Problem):
    code = "vault"


class NotEnrolled(VaultProblem):
    code = "not-enrolled"
    sentence = "这台电脑还没有登记。"
    advice = "请向管理员领取一次性登记码，在登记页输入。"


class WrongPassword(VaultProblem):
    code = "wrong-password"
    sentence = "工号或密码不正确。"
    advice = "请检查大小写和输入法后再试。"

    def __init__(self, left: int | None = None) -> None:
        self.left = left
        super().__init__(advice="" if left is None else f"还可以再试 {left} 次，之后将暂时锁定。")


class LockedOut(VaultProblem):
    code = "locked-out"
    sentence = "密码错误次数过多，已暂时锁定。"

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(advice=f"请在 {seconds} 秒后再试；记录不会丢失。")


class WeakPassword(VaultProblem):
    code = "weak-password"
    sentence = "这个密码太容易被猜到。"
    advice = "请用至少 12 个字符，或四个不相干的词。"


class VaultDamaged(VaultProblem):
    code = "vault-damaged"
    sentence = "本机保险库无法打开，文件可能已损坏。"
    advice = "请不要删除任何文件，联系管理员取出未上传的记录。"


class StoreFull(VaultProblem):
    code = "store-full"
    sentence = "磁盘空间不足，刚才的内容没有写入。"
    advice = "请清理磁盘或导出到 U 盘；已保存的内容不受影响。"


class Locked(VaultProblem):
    code = "locked"
    sentence = "本机已锁定。"
    advice = "请重新解锁；草稿已自动保存。"


class RecoveryRefused(VaultProblem):
    code = "recovery-refused"
    sentence = "这份授权不能使用。"
    advice = "请核对是否为管理员给这台电脑、这名人员的授权文件；原密码不受影响。"


class LaptopWiped(VaultProblem):
    code = "wiped"
    sentence = "中心已清除这台电脑上的数据。"
    advice = "未上传的记录已加密封存，请把电脑交回本单位管理员。"


class InUse(VaultProblem):
    code = "in-use"
    sentence = "本机数据正被另一个“码上查”窗口使用。"
    advice = "请切换到已打开的窗口；找不到时请重启电脑后再打开。"


class CipherMissing(VaultProblem):
    code = "cipher-missing"
    sentence = "加密组件缺失，程序不会在不加密的情况下保存数据。"
    advice = "请重新安装程序。"


class RegisterProblem(Problem):
    code = "register"


class NoRegister(RegisterProblem):
    code = "no-register"
    sentence = "本机还没有下载主体数据。"
    advice = "请在有网络时打开“同步”页下载；检查可以照常进行。"


class RegisterDamaged(RegisterProblem):
    code = "register-damaged"
    sentence = "本机主体数据校验不通过，已停止使用。"
    advice = "请联网同步，程序会重新下载；检查可以照常进行。"


class RegisterRefused(RegisterProblem):
    code = "register-refused"
    sentence = "收到的主体数据包没有通过校验，已拒绝安装。"
    advice = "正在使用的数据不受影响；请稍后再同步，反复出现请联系管理员。"


class SyncProblem(Problem):
    code = "sync"


class ServiceDown(SyncProblem):
    code = "service-down"
    sentence = "连不上中心服务。"
    advice = "记录已保存在本机，联网后会自动上传。"


class ServiceBusy(ServiceDown):
    """It is there, and asks to be left alone for ``seconds``: it says nothing about what was sent."""

    code = "service-busy"
    sentence = "中心服务正忙。"
    advice = "记录已保存在本机，稍后会自动再传。"

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


class ServiceImpostor(SyncProblem):
    code = "service-impostor"
    sentence = "对方的证书不是中心服务的证书，已断开，没有发送任何记录。"
    advice = "请换一个网络再试；反复出现请立即联系管理员。"


class ServiceRefused(SyncProblem):
    code = "service-refused"
    sentence = "中心服务拒绝了这次请求。"
    advice = "记录仍在本机；请把提示告诉管理员。"


class PackageRefused(SyncProblem):
    code = "package-refused"
    sentence = "U 盘上的文件已损坏或被改动，没有使用。"
    advice = "请重新导出；记录仍在本机。"


class StickUnusable(SyncProblem):
    code = "stick-unusable"
    sentence = "U 盘不能读写。"
    advice = "请检查 U 盘是否已插好、写保护或已满；记录仍在本机。"


class EnrolmentRefused(SyncProblem):
    code = "enrolment-refused"
    sentence = "登记码不正确、已用过或已过期。"
    advice = "请向管理员重新领取登记码。"


class Cancelled(SyncProblem):
    code = "cancelled"
    sentence = "已按您的要求停止。"
    advice = "没有完成的部分下次会接着做。"


class InspectionProblem(Problem):
    code = "inspection"


class NotReady(InspectionProblem):
    code = "not-ready"
    sentence = "还不能进行这一步。"

    def __init__(self, missing: Sequence[str]) -> None:
        self.missing = tuple(missing)
        super().__init__(advice="请先补齐：" + "；".join(self.missing) + "。")


class AlreadySealed(InspectionProblem):
    code = "already-sealed"
    sentence = "记录已封存，不能再修改。"
    advice = "如需更正，请在“记录”页新建更正记录。"


class PaperProblem(Problem):
    code = "paper"
    sentence = "文书没有生成。"
    advice = "记录已保存；请重试，仍不成功请联系管理员。"


class InputProblem(Problem):
    code = "input"
    sentence = "输入的内容不能使用。"
    advice = "请按提示修改后再试。"


class KeysRefused(Problem):
    code = "keys"
    sentence = "密钥操作没有完成。"
    advice = "没有改动任何已发布的内容；请核对后再试。"
