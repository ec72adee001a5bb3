"""Every sentence on the screens, in one place. Chinese is the source language.

A translation must be installed before this module is imported: ``ui/app.py`` sees to it. Terms of the law
(states, findings, kinds) are not here but with their enumerations in ``inspector``.
"""

from datetime import datetime, timedelta

from PySide6.QtCore import QCoreApplication

from cache.session import RegisterState
from inspector.freshness import CHINA


def tr(words: str) -> str:
    """The words in the user's language."""
    return QCoreApplication.translate("words", words)


def age(span: timedelta) -> str:
    """How long ago, as one says it: 刚刚, 4 小时前, 3 天前."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return tr("刚刚")
    if minutes < 60:
        return tr("{n} 分钟前").format(n=minutes)
    if minutes < 48 * 60:
        return tr("{n} 小时前").format(n=minutes // 60)
    return tr("{n} 天前").format(n=minutes // (24 * 60))


def span(time: timedelta) -> str:
    """How long something has waited: hours up to two days, then days."""
    hours = int(time.total_seconds() // 3600)
    return tr("{n} 小时").format(n=hours) if hours < 48 else tr("{n} 天").format(n=hours // 24)


def duration(seconds: float) -> str:
    """How long something will still take, rounded up as one says it."""
    minutes = -(-seconds // 60)
    if seconds < 60:
        return tr("{n} 秒").format(n=max(1, round(seconds)))
    if minutes < 120:
        return tr("{n} 分钟").format(n=int(minutes))
    return tr("{n} 小时").format(n=int(-(-minutes // 60)))


def data_line(state: RegisterState, now: datetime) -> str:
    """The register on this laptop: whose, how many, how old; or why it cannot be used."""
    if state.as_of is None:
        return state.health.label
    return DATA_LINE.format(
        area=state.area_name, rows=state.rows, at=state.as_of.astimezone(CHINA), age=age(now - state.as_of)
    )


# -- everywhere
APP = tr("码上查")
DISMISS = tr("收起")
CANCEL = tr("取消")

# -- the verdict's basis
CHECKED_AT = tr("核验")
BASIS_DATA = tr("依据")
SIGNATURE = tr("签名")
OFFLINE_DATA = tr("离线数据 {at:%m-%d %H:%M}")
NO_DATA = tr("无本机数据")

# -- the window
RAIL = {
    "today": tr("今日"),
    "scan": tr("核验"),
    "inspect": tr("检查"),
    "history": tr("记录"),
    "sync": tr("同步"),
    "settings": tr("设置"),
    "bright": tr("强光"),
}
DATA_TODAY = tr("数据 {at:%H:%M} · {age}")
DATA_EARLIER = tr("数据 {at:%m-%d %H:%M} · {age}")
DATA_STATE, DATA_STATE_AGED = tr("数据{state}"), tr("{told} · {age}")
PENDING = tr("{count} 项待上传")
SOUND_ON = tr("提示音已打开。")
SOUND_OFF = tr("提示音已关闭，按 F8 恢复。")
KEYS = tr("按键表")
KEYS_CLOSE = tr("收起")

# -- scan
SCAN = tr("现场核验")
SCANNING = tr("对准二维码")
READ_AS = tr("已识别 · {what}")
LENS_LIGHT = tr("屏幕补光")
LENS_TURN = tr("旋转画面")
LENS_MIRROR = tr("左右翻转")
LENS_ZOOM = tr("放大")
LENS_PICTURE = tr("打开图片")
LENS_FREEZE = tr("定格")
CAMERA_OPENING = tr("正在打开摄像头…")
CAMERA_OFF = tr("摄像头已关闭，按空格重新扫描")
LIGHT_HINT = tr("把证照对着屏幕，按 L 关闭补光")
NO_CODE = tr("图片里没有读到二维码。")
NO_CODE_HINT = tr("请换一张更清楚的，或直接输入代码。")
OPEN_PICTURE = tr("打开图片")
PICTURES = tr("图片 (*.jpg *.jpeg *.png *.webp)")
NOTHING_TO_PASTE = tr("剪贴板里没有图片或文字。")
COPY_FIRST = tr("请先复制一张图片或一个代码。")
TYPE_INSTEAD = tr("扫不出来？直接输入")
TYPE_HINT = tr("统一社会信用代码、注册号或名称")
JUST_CHECKED = tr("刚才核验")
TODAY_COUNT = tr("今日 {count} 户")
FOUND, SEARCHING = tr("查找结果"), tr("正在查找…")
FOUND_COUNT = tr("{count} 户")
NOTHING_LIKE_IT = tr("没有找到")
NOTHING_LIKE_IT_HINT = tr("请换几个字，或输入完整代码后按回车核验")
NO_CHECKS = tr("今天还没有核验")
NO_CHECKS_HINT = tr("扫码或输入代码后，会列在这里")
READY_TO_SCAN = tr("请扫描营业执照或“码上诚信”二维码")
READY_TO_SCAN_HINT = tr("结果会显示在这里：登记状态、许可、信用记录，以及下一步怎么做")
CHECKING = tr("正在核验…")
CHOOSE_CODE = tr("读到 {count} 个码，请选择要核验的一个")
CHOOSE_ENTITY = tr("请选择要核验的主体")
RESCAN = tr("重新扫描")
LEAD = tr("登记线索")
LEAD_HINT = tr("看到了什么、在哪里、谁说的；会随下次同步送到中心。")
LEAD_SAVE = tr("保存线索")
LEAD_SAVED = tr("线索已保存，联网后自动上送。")
LEAD_EMPTY = tr("请写下线索的内容。")
BIND = tr("绑定到主体")
BIND_TITLE = tr("这个码是哪一户的？")
BIND_HINT = tr("名称、代码或地址中的几个字")
BIND_NOTE = tr("只绑定您在现场看到、确属该主体张贴的码。中心确认前显示为“待中心确认”。")
BIND_CHOICE = tr("绑定到 {name}")
BOUND = tr("已绑定到 {name}，联网后由中心确认。")
START = tr("开始现场检查")
CODE_RIGHT = tr("校验位正确")
COPY_CODE = tr("复制代码")
COPIED = tr("代码已复制。")
REPRESENTATIVE = tr("法定代表人")
OPERATOR = tr("经营者")
ESTABLISHED = tr("成立日期")
AUTHORITY = tr("登记机关")
OFFICE = tr("属地")
PREMISES = tr("住所（经营场所）")
SCOPE = tr("经营范围")
NOT_RECORDED = tr("未登记")
ON_SITE = tr("与现场一致？")
ON_SITE_NAME = tr("名称、地址、招牌与现场一致吗")
SAME = tr("一致")
DIFFERS = tr("不一致")
UNKNOWN_ENTITY = tr("未收录的主体")
NO_ENTITY_CODE = tr("没有主体代码")
FROM_CODE = tr("以下由代码推断：登记部门 {department}，类别 {category}，首次登记地 {division}。其余信息请在现场登记。")
PROVED_BY_SIGNATURE = tr("码的签名已校验，以下内容由发码机关证明：")
CODE_ISSUER, CODE_SERIAL, CODE_UNTIL = tr("发码机关"), tr("码编号"), tr("码有效期至")
CODE_TELLS_NOTHING = tr("码里没有可核对的统一社会信用代码。内容：{text}")
MORE_REASONS = tr("另有 {count} 条")
PERMITS = tr("许可与证照")
ITEMS = tr("{count} 项")
NO_PERMITS = tr("没有许可记录")
NO_PERMITS_HINT = tr("需要许可的行业，请查看现场证照")
PERMIT_LINE = tr("{number}　至 {until}")
NO_END = tr("长期")
DAYS_LEFT = tr("剩 {days} 天")
DAYS_OVER = tr("过期 {days} 天")
LAST_DAY = tr("今天到期")
CREDIT = tr("信用记录")
CREDIT_AS_OF = tr("数据截至 {at:%Y-%m-%d %H:%M}")
RISK = tr("信用风险分类")
RISK_HINT = tr("A 低 · B 一般 · C 较高 · D 高；仅供执法人员")
NONE_RECORDED = tr("无")
NOT_LISTED = tr("未列入")
COUNT = tr("{count} 件")
LISTED = tr("{at:%Y-%m-%d} 列入")
SELF_DECLARED = tr("{count} 项（自报，未核实）")
VISITS = tr("本年检查")
VISITS_COUNT = tr("{count} 次")
VISITS_CAP = tr("{count} 次，上限 {cap} 次")
NEXT_STEPS = tr("下一步")
STEPS = (
    ("camera", tr("拍下营业执照和许可证"), tr("照片自动加时间和防篡改摘要")),
    ("clipboard_task", tr("照常开始检查"), tr("检查表、签名、笔录都能离线完成")),
    ("cloud_sync", tr("联网后自动复核"), tr("结果与今天的记录不一致时会提醒您")),
)

# -- the door
UNLOCK = tr("解锁")
UNLOCK_TITLE = tr("请选择工号并输入密码")
OFFICER_NUMBER = tr("工号")
PASSWORD = tr("密码")
FORGOT = tr("忘记密码")
RECOVER_TITLE = tr("忘记密码 · {number}")
RECOVER_HINT = tr("先生成申请，用 U 盘或邮件交给管理员；管理员核对后给一个授权文件。本机的记录都会保留。")
RECOVER_TO = tr("申请文件保存到")
RECOVER_REQUEST = tr("恢复申请-{number}.json")
RECOVER_ASK = tr("生成申请")
RECOVER_MARK = tr("校验码 {mark}（与管理员核对）")
RECOVER_GRANT = tr("授权文件")
RECOVER_GRANT_HINT = tr("管理员给的文件所在的路径")
RECOVER_GO = tr("设置新密码")
RECOVER_BACK = tr("返回")
RECOVER_NOT_WRITTEN = tr("没有写入：{reason}。请换一个文件夹。")
RECOVER_NOT_READ = tr("读不到授权文件：{reason}。请核对路径。")
WIPED = tr("中心已清除这台电脑上的数据")
WIPED_ALL = tr("清除前没有未上传的记录。请把电脑交回本单位管理员。")
WIPED_PACKAGE = tr("未上传的记录已加密封存在 {path}，只有中心能打开。请把电脑交回本单位管理员，或把这个文件拷给中心。")
WIPED_ENROL = tr("重新登记")
UNLOCKING = tr("正在解锁…")
TRIES_LEFT = tr("还可以再试 {left} 次")
LOCKED_FOR = tr("密码错误次数过多，请在 {minutes} 分 {seconds:02d} 秒后再试；记录不会丢失。")
TAGLINE = tr("离线也能核验、检查、出文书；记录一件不丢。")
OFFLINE_OK = tr("没有网络也可以解锁。忘记密码请联系管理员。")
ENROL = tr("登记这台电脑")
ENROL_HINT = tr("请向管理员领取一次性登记码，登记时需要能连上中心服务。之后没有网络也能工作。")
ENROL_LINK = tr("一次性登记码")
ENROL_LINK_HINT = tr("整行粘贴，以 mashangcha:// 开头")
NEW_PASSWORD = tr("设置密码")
NEW_PASSWORD_HINT = tr("至少 12 个字符，或四个不相干的词")
REPEAT_PASSWORD = tr("再输一次密码")
NOT_THE_SAME = tr("两次输入的密码不一样。")
FILL_IN = tr("请填写这一项。")

# -- today
GOOD_DAY = tr("{name}，您好")
DRAFTS = tr("没做完的检查")
TASKS = tr("检查任务")
TASKS_HINT = tr("中心派发的任务会列在这里；没有任务也可以直接扫码核验")
NO_TASKS = tr("今天没有待办任务")
DRAFT_NOTE = tr("已答 {answered} / {items} 项 · 保存于 {at:%m-%d %H:%M}")
DRAFT_CHIP = tr("继续")
TASK_NOTE = tr("{title} · {premises}")
DUE_IN = tr("还有 {days} 天")
DUE_TODAY = tr("今天到期")
OVERDUE = tr("超期 {days} 天")
NO_DUE = tr("未定期限")
SCAN_NOW = tr("扫码核验")
COUNT_CHECKS = tr("今日核验")
COUNT_DRAFTS = tr("没做完")
COUNT_TASKS = tr("待办任务")
COUNT_PENDING = tr("待上传")

# -- sync
SYNC = tr("同步")
SYNC_NOW = tr("立即同步")
STOP = tr("停止")
SYNCING = tr("正在同步…")
SYNC_DONE = tr("同步完成。")
PAUSE = tr("暂停自动同步")
RESUME = tr("继续自动同步")
PAUSED = tr("自动同步已暂停")
PAUSED_SAID = tr("自动同步已暂停；按“立即同步”仍可上传。")
RESUMED_SAID = tr("自动同步已继续。")
METERED = tr("（网络按流量计费：照片等您按“立即同步”再传）")
SECOND = tr("第二份副本")
SECOND_AT = tr("截至 {at:%m-%d %H:%M}（{age}）")
SECOND_NONE = tr("还没有")
SECOND_BEHIND = tr("，还差 {count} 条")
SECOND_PLACE = tr("另一块磁盘或存储卡上的目录")
SECOND_HINT = tr("没有送达中心的记录会加密复制到这里；留空则不用")
SECOND_KEEP = tr("使用这个位置")
SECOND_KEPT = tr("第二份副本的位置已保存，几分钟内自动复制。")
SECOND_OFF = tr("不再保存第二份副本；已有的副本没有删除。")
UNSENT_FOR = tr("最早一条已等 {age}")
UNSENT_COPY = tr("有记录超过 {days} 天没有送达中心，请用 U 盘复制一份（按 U）。")
STICK = tr("U 盘")
STICK_PATH = tr("U 盘所在的目录")
STICK_PATH_HINT = tr("插入后自动填写；也可以直接输入")
STICK_HINT = tr("没有网络时：复制到 U 盘，带到中心导入，再带回来取回执。内容加密，只有中心能读。")
STICK_COPY = tr("复制到 U 盘")
STICK_TAKE = tr("取回执")
STICK_WHERE = tr("请填写 U 盘所在的完整目录。")
STICK_COPIED = tr("已复制 {entries} 条记录、{blobs} 个附件并读回核对。取回执之前，它们仍在本机等待确认。")
STICK_NOTHING = tr("没有需要复制的记录，全部已由中心确认。")
STICK_TAKEN = tr("取到 {receipts} 条回执、{blobs} 个附件确认、{feed} 条通知")
STICK_REGISTER = tr("，并更新了主体数据")
STICK_EMPTY = tr("U 盘上没有给这台电脑的回执。")
CONNECTION = tr("连接")
LAST_SUCCESS = tr("上次成功")
NEVER = tr("还没有")
DATA_LINE = tr("{area} · {rows} 户 · 截至 {at:%m-%d %H:%M}（{age}）")
PENDING_LINE = tr("{events} 条（检查记录和操作留痕）、{blobs} 个附件")
NOTHING_PENDING = tr("没有")
TO_UPLOAD = tr("待上传")
CLOCK = tr("本机时钟")
PROOF = tr("日终核对")
HAND_OUT_JOURNAL = tr("导出台账")
JOURNAL_HANDED_OUT = tr("已写到 {path}，旁边是可打印的台账证明。任何人都可以用中心公布的公钥核对。")
JOURNAL_NAME = tr("台账")
NO_PROOF = tr("同步成功后，这里给出中心对本机记录的签名核对结果。")
QUEUE = tr("还没有送达的记录")
QUEUE_EMPTY = tr("全部送达，中心已登记")
QUEUE_EMPTY_HINT = tr("检查封存后会先列在这里，直到中心逐条确认")
QUEUE_NOTE = tr("{number} · 封存于 {at:%m-%d %H:%M}")
BYTES = tr("{done} / {total}")
SPEED = tr("{speed}/秒，约剩 {left}")

# -- preferences
SETTINGS = tr("设置")
TEXT_SIZE = tr("文字大小")
THEME = tr("配色")
CAMERA = tr("摄像头")
CAMERA_FIRST = tr("自动选择")
CAMERA_LOOK = tr("查找摄像头")
CAMERA_LOOKING = tr("正在查找…")
SOUND = tr("提示音")
SWITCH_ON = tr("开")
SWITCH_OFF = tr("关")
SYNC_SELF = tr("联网后自动同步")
PHOTOS_SELF = tr("照片也自动上传")
PHOTOS_WAIT = tr("（照片按 F5 时上传）")
DATA = tr("本机数据")
CHANGE_PASSWORD = tr("更改密码")
OLD_PASSWORD = tr("现在的密码")
PASSWORD_CHANGED = tr("密码已更改。")
ADD_OFFICER = tr("添加人员")
ADD_OFFICER_HINT = tr("同单位的执法人员可以用自己的工号和密码解锁这台电脑。请本人设置密码。")
OFFICER_ADDED = tr("{number} 现在可以解锁这台电脑。")
LICENCES = tr("开放源代码许可")
LICENCES_TEXT = tr(
    "本程序按 Apache-2.0 许可发布。使用了 Qt 与 PySide6（LGPL-3.0）、OpenCV（Apache-2.0）、ZXing-C++（Apache-2.0）、"
    "ZBar 与 pyzbar（LGPL-2.1、MIT）、SQLCipher（BSD）、Typst（Apache-2.0）、Fluent System Icons（MIT）、"
    "Noto CJK 字体（OFL-1.1）。全文随程序附带。"
)
