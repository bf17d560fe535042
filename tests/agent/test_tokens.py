"""How many tokens a text has at most, against numbers of a real vocabulary."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.chat import Completed, Prompted, Role, ToolCall, ToolResult
from agent.tokens import estimated_tokens, message_tokens, prompt_tokens, tool_tokens
from agent.tool import Toolbox
from agent.tools.end_call import EndCallTool
from agent.tools.send_sms import SendSmsTool
from agent.tools.talk_to_human import TalkToHumanTool
from agent.tools.update_claim import UpdateClaimTool

COUNTED = {
    "Good morning. I had an accident yesterday at the corner of Main Street and Fifth Avenue; a delivery van ran into "
    "the back of my car. My policy number is 48213-B, and you can reach me at +1 202 555 0143 or "
    "john.miller@example.com.": 60,
    "Bonjour, j'ai eu un accident hier soir à l'angle de la rue de Rivoli et du boulevard Sébastopol ; une camionnette "
    "a percuté l'arrière de ma voiture. Est-ce que vous pourriez m'envoyer un constat à remplir, s'il vous plaît ?": 60,
    "Buenos días, ayer por la tarde tuve un accidente en la esquina de la calle Mayor con la avenida de América; una "
    "furgoneta chocó contra la parte trasera de mi coche. ¿Podría decirme qué documentación necesito enviarles?": 50,
    "Guten Tag, ich hatte gestern Abend einen Auffahrunfall an der Kreuzung Hauptstraße und Bahnhofstraße. Der "
    "Lieferwagen der Gebäudereinigungsfirma ist mir hinten draufgefahren. Brauchen Sie noch die "
    "Versicherungsscheinnummer?": 51,
    "您好，昨天晚上我在人民路和解放大道的路口出了车祸，一辆送货的面包车追尾了我的车。我的保单号码是四八二一三，"
    "请问我需要准备哪些材料？对方司机已经留下了联系电话。": 59,
    "もしもし、昨日の夕方、駅前の交差点で追突事故に遭いました。相手は配達のトラックで、私の車の後ろがへこんでいます。"
    "保険の手続きに必要な書類を教えていただけますか。": 63,
    "안녕하세요, 어제 저녁에 시청 앞 교차로에서 배달 트럭이 제 차 뒤를 들이받았습니다. 보험 처리를 하려면 어떤 서류가 "
    "필요한지 알려 주시겠어요?": 47,
    "Здравствуйте, вчера вечером я попал в аварию на перекрёстке улицы Ленина и проспекта Мира: грузовик въехал в мою "
    "машину сзади. Какие документы нужно прислать, чтобы оформить страховой случай?": 56,
    "مرحبا، تعرضت لحادث مساء أمس عند تقاطع شارع الملك فهد وشارع العليا، واصطدمت شاحنة توصيل بمؤخرة سيارتي. ما هي "
    "المستندات المطلوبة لتقديم المطالبة؟": 49,
    "नमस्ते, कल शाम को मुख्य सड़क के चौराहे पर मेरी गाड़ी का एक्सीडेंट हो गया। एक डिलीवरी ट्रक ने पीछे से टक्कर मार दी। "
    "दावा करने के लिए मुझे कौन से कागज़ भेजने होंगे?": 54,
    "สวัสดีครับ เมื่อวานตอนเย็นรถของผมถูกรถบรรทุกชนท้ายที่สี่แยกหน้าตลาด ผมต้องส่งเอกสารอะไรบ้างเพื่อเคลมประกันครับ": 50,
    "Dzień dobry, wczoraj wieczorem miałem wypadek na skrzyżowaniu ulicy Głównej i alei Niepodległości; furgonetka "
    "uderzyła w tył mojego samochodu. Jakie dokumenty powinienem przesłać?": 62,
    "The reference is 7739-2041-88, plate B-XY 4471, the amount 12,450.75 euros, due 2026-11-16T09:00, room 305.": 47,
    "Thanks! 👍🙂 See you 🚗💥 tomorrow.": 12,
}
"""Text, and its number of tokens in o200k."""
LIST_OF_NAMES = (
    "Krzysztof Szczepański, Siobhán O'Shaughnessy, Bhattacharya, Wolfeschlegelsteinhausen, Nguyễn Thị Phương Thảo, "
    "Llanfairpwllgwyngyll"
)
NAMES_COUNTED = 46
FOUR_TOOLS = Toolbox((EndCallTool(), SendSmsTool(), TalkToHumanTool(), UpdateClaimTool())).specs


@pytest.mark.parametrize("text", COUNTED)
def test_no_language_has_more_tokens_than_estimated(text: str) -> None:
    """Sentences of twelve languages are never thought shorter than they are, nor much longer."""
    assert COUNTED[text] <= estimated_tokens(text) <= 1.7 * COUNTED[text]


def test_what_is_no_sentence_may_be_a_little_more() -> None:
    """A list of rare names is underestimated, by no more than a tenth."""
    assert estimated_tokens(LIST_OF_NAMES) >= 0.9 * NAMES_COUNTED


@given(st.text(), st.text())
def test_more_text_has_no_fewer_tokens(text: str, more: str) -> None:
    """Every text has an estimate, and appending never makes it smaller by more than one joint."""
    assert estimated_tokens(text) >= 0
    assert estimated_tokens(f"{text}\n{more}") >= max(estimated_tokens(text), estimated_tokens(more))


def test_messages_cost_their_frame() -> None:
    """Text, calls and results are all counted."""
    said, asked = Prompted(Role.USER, "Hello."), Completed("", (ToolCall("c", "end_call", '{"a": 1}'),))
    answered = ToolResult("c", "Done.")
    assert message_tokens(said) == 4 + estimated_tokens("Hello.")
    assert message_tokens(asked) > message_tokens(Completed(""))
    assert prompt_tokens((said, asked, answered)) == sum(message_tokens(each) for each in (said, asked, answered))


def test_tools_cost_at_most_their_json() -> None:
    """As the request carries them: 399 tokens in o200k when this was written."""
    as_sent = [msgspec.to_builtins(spec) for spec in FOUR_TOOLS]
    assert tool_tokens(FOUR_TOOLS) >= 0.8 * len(msgspec.json.encode(as_sent)) / 5
    assert tool_tokens(FOUR_TOOLS[:1]) < tool_tokens(FOUR_TOOLS)
