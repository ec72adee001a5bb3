"""What stands on the entity's card: labels of the licence, of permits and of the credit report's sections."""

from ui.visitwords import BACK as BACK
from ui.words import COUNT as COUNT
from ui.words import NO_END as NO_END
from ui.words import PERMITS as PERMITS
from ui.words import RISK as RISK
from ui.words import tr

TITLE = tr("主体卡")
CODE, REGISTRATION_NUMBER = tr("统一社会信用代码"), tr("注册号")
REPRESENTATIVE, KIND, CAPITAL = tr("法定代表人/经营者"), tr("类型"), tr("注册资本")
ESTABLISHED, STATE, SUSPENDED = tr("成立日期"), tr("登记状态"), tr("歇业至")
PREMISES, SCOPE, AUTHORITY = tr("住所（经营场所）"), tr("经营范围"), tr("登记机关")
FORMER_NAME, DIVISION, OFFICE = tr("曾用名"), tr("首次登记地"), tr("属地")
INTEGRITY_CODE, HAS_CODE, NO_CODE = tr("码上诚信码"), tr("已赋码"), tr("未申领（自愿）")
SOURCES, REGISTRATION, UNKNOWN = tr("数据来源与截至日期"), tr("登记信息"), tr("不明")
ORIGIN_HEADINGS = (tr("类别"), tr("数据来源"), tr("数据截至"), tr("最近一条"))
RISK_NOTE = tr("企业信用风险分类仅供执法人员安排检查，不得告知当事人，不写入文书。")
NUMBER, PERIOD_LABEL, PERIOD = tr("编号"), tr("有效期"), tr("{start} 至 {end}")
PERMIT_STATE, ISSUED_BY, ISSUED, PERMITTED = tr("状态"), tr("许可机关"), tr("发证日期"), tr("许可内容")
DECIDED_BY, DECIDED, DUE = tr("作出机关"), tr("日期"), tr("期限")
SHOWN_UNTIL, SOURCE, SOURCE_AS_OF = tr("公示至"), tr("数据来源"), tr("{source}（截至 {day}）")
DECLARED_NOTE = tr("以下内容由主体自愿申报，未经核实，不作为判定依据。")
INSPECTIONS, VISITS, CAP = tr("检查情况"), tr("今年已检查"), tr("年度检查上限")
NO_CAP, NO_RECORDS = tr("未公布"), tr("本机没有以前的检查记录。")
NONE = tr("无")
DETAILS = tr("全部信息")
