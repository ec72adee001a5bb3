"""Every sentence on the screens, in one place. Chinese is the source language.

A translation must be installed before this module is imported: ``ui/app.py`` sees to it. Terms of the law
(states, findings, kinds) are not here but with their enumerations in ``inspector``.
"""

from datetime import timedelta

from PySide6.QtCore import QCoreApplication


def tr(words: str) -> str:
    """The words in the user's language."""
    return QCoreApplication.translate("words", words)


# -- everywhere
APP = tr("码上查")
DISMISS = tr("收起")

# -- the verdict's basis
CHECKED_AT = tr("核验")
BASIS_DATA = tr("依据")
SIGNATURE = tr("签名")
OFFLINE_DATA = tr("离线数据 {at:%m-%d %H:%M}")
NO_DATA = tr("无本机数据")

# -- a visit: arriving, telling, comparing
ARRIVAL = tr("到场登记")
BASIS_KIND = tr("检查依据")
BASIS_NUMBER = tr("依据编号（任务、投诉、交办或线索编号）")
NOTICE_NUMBER = tr("行政检查通知书编号")
NO_NOTICE_REASON = tr("没有通知书的原因（如经批准的突击检查）")
EMERGENCY_REASON = tr("应急原因（有效证件不足两人时必填）")
CAP_REASON = tr("超过年度检查频次仍需检查的理由")
SECOND_OFFICER = tr("第二名执法人员")
FIRST_OFFICER = tr("您：{name} · 执法证 {certificate} · 有效期至 {until}")
CERTIFICATE = tr("执法证 {certificate} · 有效期至 {until}")
CERTIFICATE_OVER = tr("不能选：执法证已于 {until} 到期")
CERTIFICATE_MISSING = tr("不能选：没有执法证件信息")
CHECKLIST = tr("检查表")
CHECKLIST_ITEMS = tr("{count} 项")
CHECKLIST_FITS = tr("{count} 项 · 按许可和任务推荐")
FROM_TASK = tr("已按任务“{title}”填写")
BACK = tr("返回")
ARRIVE = tr("登记到场")
LOADING = tr("正在打开…")
NOTICE_TITLE = tr("告知")
NOTICE_READ = tr("请向当事人宣读")
SHOWN = tr("已出示执法证件")
TOLD = tr("已告知权利义务")
RECUSAL = tr("是否申请回避")
NO_RECUSAL = tr("不申请")
ASKS_RECUSAL = tr("申请")
RECUSAL_GROUND = tr("申请回避的理由（检查不停止）")
NOTICE_ANSWER = tr("当事人回答")
NOTICE_ANSWER_HINT = tr("不填写则记为“清楚，不申请回避”")
COMPARE_TITLE = tr("以码代照 · 五项核对")
COMPARE_HINT = tr("登记数据与现场逐项核对，不一致的请在下面写明")
COMPARE_NOTE = tr("不一致的情况")
NO_DATA_PARTY = tr("本机没有该主体的数据，请按现场证照填写")
PARTY_NAME = tr("当事人名称")
PARTY_PREMISES = tr("地址")
PARTY_PERSON = tr("法定代表人（负责人、经营者）")
PARTY_CONTACT = tr("现场负责人")
PARTY_PHONE = tr("联系电话")
PLACE = tr("检查地点")
EMPTY_VALUE = tr("（登记数据中没有）")
TO_ITEMS = tr("开始检查")

# -- checklist
INSPECTING = tr("现场检查")
NO_INSPECTION = tr("没有正在进行的检查")
NO_INSPECTION_HINT = tr("在“核验”页扫码后按回车开始，或在“今日”打开未完成的检查")
PROGRESS = tr("进度")
COMPLETE = tr("已完成")
OPEN = tr("未完成")
NOT_STARTED = tr("未开始")
NOTICE_PLACE = tr("告知与核对")
RESULT_PLACE = tr("情况与结果")
SIGN_PLACE = tr("签名与结论")
BAD_ITEMS = tr("{count} 项不符合")
GUIDED = tr("引导")
VOLUNTARY = tr("自愿事项，只引导，不作违规")
KEY_ITEM = tr("重点项")
UNDO = tr("撤销")
NEXT_ITEM = tr("下一项")
PREVIOUS_ITEM = tr("上一项")
TO_SIGN = tr("去签名")
EVIDENCE_OF = tr("{item}　证据与依据")
BASIS = tr("依据{basis}")
PHOTO = tr("拍照")
PHOTO_NAME = tr("照片，{at:%H:%M:%S}，{mark}")
FACTS = tr("现场情况")
SITUATION_TITLE = tr("整体情况")
SITUATION_HINT = tr("到场时的经营状态、当事人的陈述等。写看到的事实，不写结论。")
SITUATION_PHRASES = (tr("现场正在营业"), tr("当事人在场并配合检查"), tr("现场未营业，门窗关闭"))
CONCLUSORY = tr("“{words}”是结论性用语，笔录应写事实。确需保留请写明理由：")
KEEP_REASON = tr("保留结论性用语的理由")
INSERT = tr("插入常用语：{phrase}")
OUTCOME = tr("检查结果")
CHOSEN = tr("，已选")
MEASURES = tr("后续处置措施")
MEASURES_HINT = tr("如：责令当场改正；五日后复查")
AUTOSAVED = tr("已自动保存 {at:%H:%M:%S}")
NOT_SAVED = tr("还没有保存：{problem}")

# -- evidence
EVIDENCE = tr("取证")
EVIDENCE_FOR = tr("取证 · {item}")
SHOOT = tr("拍摄")
IMPORT = tr("导入照片")
IMPORT_HINT = tr("照片文件的完整路径，回车导入")
PHOTO_SHOWS = tr("照片说明（可不填）")
DELETE_PHOTO = tr("从记录中移除")
PHOTO_CAPTION = tr("{at:%H:%M:%S}  {mark}")
PHOTO_FACTS = tr("{how} · {at:%Y-%m-%d %H:%M:%S} · {size:,} 字节 · SHA-256 {mark}")
CAPTURED = tr("现场拍摄")
IMPORTED = tr("导入文件")
NO_PHOTOS = tr("这里会列出本次检查的照片")
NO_PHOTOS_HINT = tr("按空格拍摄，照片随拍随存")
PHOTO_SAVED = tr("照片已保存")
PHOTO_REMOVED = tr("已从记录中移除；原始照片仍加密保存在本机")
NOT_A_FILE = tr("找不到这个文件，请检查路径。")

# -- signing
SIGNING = tr("签名")
READ_ALOUD = tr("请先向当事人宣读全文")
READ_ON = tr("继续宣读")
SIGN_HERE = tr("在此签名")
SIGN_AGAIN = tr("重签")
SIGNED_AT = tr("已签 {at:%H:%M}")
UNSIGNED = tr("未签名")
SIGNATURE_STALE = tr("内容有改动，请重签")
SIGNATURES_VOID = tr("签名之后记录内容有改动，原签名已失效。请重新宣读后再签名。")
PERSON_ROLE = tr("{role} · {name}")
WITNESS_OPTIONAL = tr("见证人（可不签）")
REFUSE = tr("拒绝签名")
REFUSED_AT = tr("已记明拒签 {at:%H:%M}")
REFUSAL_REASON = tr("拒绝签名的原因（必填）")
REFUSAL_WITNESS = tr("见证人姓名、联系方式（没有可不填）")
REFUSAL_NOTE = tr("执法人员签名注明即可。当事人愿意在纸上签名的，可先“打印 / 保存 PDF”，手签后拍照存入取证。")
NOTE_REFUSAL = tr("记明拒签")
UNDO_REFUSAL = tr("当事人愿意签名")
TO_REVIEW = tr("查看文书并封存")

# -- review and seal
REVIEW = tr("结论")
STILL_MISSING = tr("封存前还需补齐")
READY = tr("内容齐全，可以封存")
READY_HINT = tr("封存后不能再改，只能另作更正。")
SETTING_PAPER = tr("正在排版文书…")
PASSWORD_AGAIN = tr("请再次输入密码")
SEAL = tr("签章封存")
SEALING = tr("正在封存…")
SEALED = tr("已封存")
SEALED_NUMBER = tr("文书编号 {number}")
SEALED_NEXT = tr("记录已保存在本机，联网后自动上传；中心登记后状态变为“已登记”。")
TO_TODAY = tr("回到今日")
ABORT = tr("中止检查")
ABORT_REASON = tr("中止的原因（停业、阻挠、天气、设备故障等）")
SAVE_PDF = tr("打印 / 保存 PDF")
PDF_PATH = tr("保存到")
PDF_SAVED = tr("已保存到 {path}，可在该文件夹打开打印。")
PDF_NOT_SAVED = tr("没有写入：{reason}。请换一个文件夹。")
SAVE = tr("保存")

# -- records
RECORDS = tr("记录")
FIND_RECORD = tr("名称、代码、文书编号或日期（如 2026-11-23）")
NO_RECORDS = tr("还没有封存的记录")
NO_RECORDS_HINT = tr("检查封存后会列在这里，可以查看、打印、更正")
NOTHING_FOUND = tr("没有找到“{query}”")
NOTHING_FOUND_HINT = tr("请换名称中的几个字、代码的一段或日期再试")
RECORD_LINE = tr("{number} · {at:%m-%d %H:%M}")
NEXT_TRY = tr("下次重试 {at:%H:%M}")
BLOBS_LEFT = tr("还有 {count} 个附件待上传")
PICK_RECORD = tr("在左边选一条记录")
PICK_RECORD_HINT = tr("↑ ↓ 选择，回车打开")
AMEND = tr("更正")
AMEND_REASON = tr("更正的原因（必填）")
AMEND_TEXT = tr("更正的内容（必填）")
AMEND_SEAL = tr("封存更正")
AMENDED = tr("更正已封存，与原记录一并上传；原记录不变。")
CORRECTIONS = tr("更正 {at:%Y-%m-%d %H:%M}：{text}（原因：{reason}）")

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
DATA_STATE = tr("数据{state}")
PENDING = tr("{count} 项待上传")
SOUND_ON = tr("提示音已打开。")
SOUND_OFF = tr("提示音已关闭，按 F8 恢复。")
KEYS = tr("按键表")
KEYS_CLOSE = tr("收起")


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
