import asyncio
import time

from emulators.speech import SpeechEmulator
from emulators.speech_script import Fault, Refused
from providers.azure_cast import AzureVoiceSettings
from providers.azure_speech import AzureSpeechAccount, NativeThreads, Tokens
from providers.azure_synthesizer import AzureSynthesizer
from providers.azure_voices import AzureVoices
from tests.emulators.tone_voice import ToneVoice


class Pool:
    """A pool at an emulator, and the synthesizers that it made."""

    def __init__(self, *, spares: int = 1, idle_max: int = 2, faults: tuple[Fault, ...] = ()) -> None:
        self.emulator = SpeechEmulator(voice=ToneVoice(), synthesis_faults=faults)
        self.made: list[bool] = []
        self.threads = NativeThreads()
        self.voices = AzureVoices(self._make, Tokens(None), self.threads, spares=spares, idle_max=idle_max)

    def _make(self, token: str, opens: bool) -> AzureSynthesizer:
        self.made.append(opens)
        account = AzureSpeechAccount(host=self.emulator.endpoint)
        return AzureSynthesizer(account, token, AzureVoiceSettings(), opens=opens)

    async def __aenter__(self) -> "Pool":
        await self.emulator.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.voices.close()
        await self.threads.close()
        await self.emulator.__aexit__(None, None, None)

    async def connections_are(self, count: int) -> None:
        async with asyncio.timeout(10):
            while self.emulator.connections != count:
                await asyncio.sleep(0.01)


async def test_the_first_one_is_made_and_a_spare_one_connected() -> None:
    """The next request finds it open."""
    async with Pool() as pool:
        first = await pool.voices.take()
        assert not first.is_connected
        await pool.connections_are(1)
        await asyncio.sleep(0.05)
        second = await pool.voices.take()
        assert second is not first
        assert second.is_connected
        await pool.connections_are(2)
        assert sorted(pool.made) == [False, True, True]
        pool.voices.throw_away(first)
        pool.voices.throw_away(second)


async def test_what_was_thrown_away_is_closed() -> None:
    """Its socket as well; the spare one stays."""
    async with Pool() as pool:
        await pool.voices.take()
        await pool.connections_are(1)
        await asyncio.sleep(0.05)
        taken = await pool.voices.take()
        await pool.connections_are(2)
        pool.voices.throw_away(taken)
        await pool.connections_are(1)


async def test_idle_ones_are_bounded() -> None:
    """What comes back beyond the bound is closed."""
    async with Pool(spares=0, idle_max=1) as pool:
        first, second = await pool.voices.take(), await pool.voices.take()
        pool.voices.give_back(first)
        pool.voices.give_back(second)
        assert len(pool.voices._idle) == 1


async def test_a_spare_one_that_could_not_connect_is_not_waited_for() -> None:
    """A refused spare is passed over, and replaced in the end."""
    async with Pool(faults=(Refused(503),)) as pool:
        pool.voices._top_up("")
        async with asyncio.timeout(10):
            while not pool.emulator.upgrades:
                await asyncio.sleep(0.01)
        taken = await pool.voices.take()
        assert pool.made == [True, False]
        (spare,) = pool.voices._idle
        spare.result().made_at = time.monotonic() - 60
        pool.voices.throw_away(taken)
        pool.voices.throw_away(await pool.voices.take())
        assert pool.made == [True, False, True, False]
