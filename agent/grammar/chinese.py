"""The Chinese words that are understood, and how values are read in Chinese. No blanks between words."""

from datetime import datetime
from types import MappingProxyType
from typing import Final

from agent.claim import FieldType
from agent.grammar.chinese_dates import CHINESE_DATES
from agent.grammar.grammar import (
    Grammar,
    MailWords,
    Markers,
    MentionWords,
    NumberWords,
    Reading,
    TextWords,
    pattern,
    word_table,
)

_PAUSE: Final = r"\s*(?:$|[，。！？、；：,.!?;:…—]|\s)"
_AFTER: Final = rf"(?={_PAUSE}|是|我|不|没|的|那|请|谢谢|等)"

_MARKERS: Final = Markers(
    yes=pattern(
        r"(?:(?:是的|对的|没错|没问题|当然|可以的|好的|好啊|行啊|是啊|对啊|嗯嗯|正确|完全正确|都对|都是对的|全对|都没错)[啊呀了吧]?"
        r"|(?:是|对|好|行|嗯|可以|确认|谢谢您?)(?:[，。！,.!]|\s|$)|(?:对|是)(?=对|是的|，))"
    ),
    no=pattern(rf"(?:不是(?!很|太)的?|没有(?={_PAUSE})|不(?={_PAUSE})|没(?={_PAUSE})|不行|不可以|不要(?={_PAUSE}))"),
    wrong=pattern(
        r"(?:(?:这|那)?(?:个)?(?:不对|错了|不正确|说错了|记错了|弄错了|听错了|有误)[了啊吧]?|您?(?:听|记|弄)错了)"
    ),
    correction=pattern(
        rf"(?:其实|我是说|我的意思是|应该是|更正一下|说错了|我说的是|(?:等一下|等等|稍等|抱歉|对不起|不好意思)(?={_PAUSE}|是|我))"
    ),
    connection=pattern(r"(?:然后|那么|但是|不过|而且|嗯+|啊|呃+|哦|那个|这个(?=[，,]))(?![a-z])"),
    goodbye=pattern(
        r"(?:再见|拜拜|没有了|没别的了|没有别的了?|没事了|就这些|就这样|就是这些|没什么了|我要挂了|挂了吧|先这样)吧?了?"
    ),
    last_words=pattern(r"(?:再见|拜拜)$"),
    politeness=pattern(
        r"(?:好的|谢谢你?您?|谢谢|多谢|非常感谢|感谢|好(?!像)|嗯|行|对|是的|没问题|不用|不客气|麻烦你?您?了|那(?!个)|就(?=再见|拜拜)|了(?=再见|拜拜)|不)"
    ),
    repeat=pattern(
        r"(?:什么|啊什么|你说什么|您说什么|不好意思|抱歉|对不起|啊|(?:不好意思|抱歉|对不起)?(?:我)?(?:没|没有)(?:听清楚?|听到|听见|听懂|听明白|明白)(?:了)?"
        r"|(?:请|麻烦)?(?:你|您)?(?:能|可以|能不能|可不可以)?(?:再|重新)(?:说|讲|问)(?:一遍|一次|一下)(?:吗|好吗|可以吗)?|再说一遍(?:好吗|吗)?"
        r"|重复一[遍下](?:吗)?|什么意思|问题是什么)"
    ),
    pause=pattern(
        r"(?:嗯+|呃+|好的?|请|麻烦|您|你|先)*(?:稍等(?:一下|片刻)?|等(?:一下|一会儿?|一等|等|我一下)|让我(?:想|看|查|找)(?:想|看|一想|一看|一下)?"
        r"|我(?:想|看|查|找)(?:想|看|一想|一看|一下))(?:吧|啊|哦|好吗)?"
    ),
    unknown=pattern(
        r"(?:我?(?:也)?(?:真的?)?(?:不|不太)(?:知道|清楚|记得|确定|晓得)(?:了)?|我?(?:忘|忘记)了|我?记不(?:得|清|起来)了?|想不起来了?"
        r"|没有这个|我没有|(?:我)?(?:现在|手上|手边|身边)(?:暂时)?没有(?:带)?|没有带|我?没带|跳过|下一个(?:问题)?|我?不(?:想|方便)说|说不清)"
    ),
    excuses=pattern(r"(?:抱歉|对不起|不好意思|嗯+|呃+|哦|啊|这个(?!问题)|那个)"),
    wants_human=pattern(
        r"(?:转|接|找|要|给我).{0,4}(?:人工|真人|客服|工作人员|专员|经理)"
        r"|(?:想|要|能|可以|让我).{0,3}(?:跟|和|找|转|接|与).{0,6}(?:人工|真人|客服|工作人员|专员|经理|同事)"
        r"|(?:跟|和|找|与).{0,6}人(?:说话|讲话|谈谈|聊聊)|^(?:人工|真人|人工客服|人工服务)$"
    ),
    hesitations=frozenset({"嗯", "啊", "呃", "哦", "喂", "你好", "您好"}),
    is_unspaced=True,
    noise=pattern(r"(?:喂|你好|您好|嗯|啊|呃|哦|唉|那个|这个|在吗|哈喽|hello|hi)*"),
)

_UNITS: Final = ("零", "一", "二", "三", "四", "五", "六", "七", "八", "九")
_NUMBERS: Final = NumberWords(
    table=word_table([*((word, value) for value, word in enumerate(_UNITS)), ("〇", 0), ("两", 2), ("幺", 1)]),
    pauses=frozenset("杠横然后再接着嗯呃，是的"),
    pluses=frozenset({"加"}),
    dashes=frozenset({"杠", "横"}),
    is_unspaced=True,
)
_MAIL: Final = MailWords(
    signs=MappingProxyType(
        {
            "艾特": "@",
            "小老鼠": "@",
            "圈a": "@",
            "at": "@",
            "点": ".",
            "下划线": "_",
            "底线": "_",
            "中划线": "-",
            "横杠": "-",
            "横线": "-",
            "减号": "-",
            "杠": "-",
            "加号": "+",
            "加": "+",
            "谷歌邮箱": "gmail",
        }
    ),
    leads=pattern(r"是|@"),
)
_TEXTS: Final = TextWords(
    hesitations=pattern(r"[，,]?\s*(?:嗯+|呃+|额+)(?=[，,。.\s]|$)[，,。.]*"),
    openings=pattern(r"(?:那个|这个|就是说|就是|其实|好的|好|是的|对|哦|啊)[，,。.]\s*"),
    pointers=pattern(r"(?:是在|是|在(?=在)|发生在(?=\S))\s*"),
    after_pointer=pattern(r"\S"),
    name_leads=pattern(r"(?:我(?:的名字|的姓名)?(?:叫做?|是)|我姓名是|(?:名字|姓名)(?:叫|是)|叫|是)\s*"),
    name_tails=pattern(r"(?!)"),
    lead_in=r"(?:我的|我们的|这个|那个|它的)?(?:{name})\s*(?:是|为|叫)[，,：:]?\s*",
    own_number=pattern(
        r"(?:这个(?:电话|号码|手机)|就(?:是)?这个号|现在(?:打|用)(?:的)?(?:这个)?(?:电话|号码)|我(?:正在|现在)?打(?:来|过来|电话)?的(?:这个)?(?:号码|电话))"
    ),
)
_MENTIONS: Final = MentionWords(
    of_types=MappingProxyType(
        {
            FieldType.DATETIME: ("日期和时间", "日期", "时间"),
            FieldType.EMAIL: ("电子邮箱", "邮箱地址", "电子邮件", "邮箱", "邮件"),
            FieldType.PHONE_NUMBER: ("电话号码", "手机号码", "手机号", "电话", "号码"),
            FieldType.TEXT: (),
        }
    ),
    of_last_words=MappingProxyType({"location": ("地点", "地方", "地址"), "name": ("名字", "姓名")}),
    before=r"(?:(?:请|麻烦|把|改一下|更正|只有|就是|是)\s*)*(?:(?:我的|我们的|那个|这个)\s*)?",
    is_wrong=pattern(r"^(?:是)?(?:不对|错了|错的|不正确|有误|对|正确)[了的]?[\s，。,.；;：:]*"),
    is_=pattern(r"^(?:应该是|应该|改成|改为|是|为|叫)\s*"),
)

_DAYS: Final = "一二三四五六日"
_PARTS: Final = ((6, "凌晨"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))


def _moment(moment: datetime, now: datetime) -> str:
    year = f"{moment.year}年" if moment.year != now.year else ""
    day = f"{year}{moment.month}月{moment.day}日星期{_DAYS[moment.weekday()]}"
    if moment.hour == moment.minute == 0:
        return day
    part = next(part for end, part in _PARTS if moment.hour < end)
    hour = "两" if moment.hour % 12 == 2 else str(moment.hour if moment.hour <= 12 else moment.hour - 12)
    minute = "" if moment.minute == 0 else f"零{moment.minute}分" if moment.minute < 10 else f"{moment.minute}分"
    return f"{day}{part}{hour}点{minute}"


CHINESE: Final = Grammar(
    language="zh",
    markers=_MARKERS,
    numbers=_NUMBERS,
    mail=_MAIL,
    texts=_TEXTS,
    mentions=_MENTIONS,
    reading=Reading(
        digits=_UNITS,
        phone_digits=("零", "幺", *_UNITS[2:]),
        signs=MappingProxyType({"@": "艾特", ".": "点", "_": "下划线", "-": "杠", "+": "加", "/": "斜杠"}),
        moment=_moment,
        home_codes=frozenset({86}),
        gap="",
        group_gap="，",
    ),
    dates=CHINESE_DATES,
)
