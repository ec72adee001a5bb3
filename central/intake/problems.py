"""What intake refuses, each with a sentence for the person at the desk."""

from inspector.errors import Problem


class IntakeProblem(Problem):
    code = "intake"


class UnreadableFile(IntakeProblem):
    code = "intake-file"
    sentence = "这个文件不能读取。"
    advice = "请另存为 UTF-8 编码的 CSV，或 .xlsx、JSON 后再试。没有写入任何数据。"


class UnclearColumns(IntakeProblem):
    code = "intake-columns"
    sentence = "列的对应关系不完整。"
    advice = "请指定各列对应的项目后再试。没有写入任何数据。"


class TooMuchGone(IntakeProblem):
    code = "intake-gone"
    sentence = "这份全量文件比上次少了很多记录。"
    advice = "请核对文件是否完整；确实如此时请确认后再导入。没有写入任何数据。"


class OlderList(IntakeProblem):
    code = "intake-older"
    sentence = "这份全量文件比已有的旧。"
    advice = "请核对数据截至日期，导入最新的全量文件；要退回旧的，请先撤销较新的那次归集。没有写入任何数据。"


class NoSuchImport(IntakeProblem):
    code = "intake-unknown"
    sentence = "没有找到这次归集。"
    advice = "请用列表核对编号或名称。"


class UndoRefused(IntakeProblem):
    code = "intake-undo"
    sentence = "这次归集不能撤销。"
    advice = "请先撤销之后的归集，或重新导入正确的文件。没有改动任何数据。"
