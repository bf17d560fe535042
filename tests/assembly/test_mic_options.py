"""What the command line says."""

import argparse
from pathlib import Path

import pytest

from assembly.errors import CannotTalk
from assembly.mic_options import MicOptions, add_arguments, check, options_of


def parsed(*arguments: str) -> MicOptions:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    parser.add_argument("--config", type=Path)
    return options_of(parser.parse_args(arguments))


def test_everything_has_its_option() -> None:
    """Nothing given is nothing wanted."""
    assert parsed() == MicOptions()
    files = parsed("--input", "in.wav", "--output", "out.wav", "--both-sides", "--linger", "5", "--config", "c.yaml")
    assert files == MicOptions(
        config_path=Path("c.yaml"),
        input_path=Path("in.wav"),
        output_path=Path("out.wav"),
        both_sides=True,
        linger_s=5.0,
    )
    devices = parsed("--devices", "--microphone", "USB", "--loudspeaker", "4")
    assert devices == MicOptions(is_listing=True, microphone="USB", loudspeaker="4")
    who = parsed("--company", "Contoso", "--name", "Ada", "--task", "Help.", "--language", "fr-FR")
    assert who == MicOptions(company="Contoso", name="Ada", task="Help.", language="fr-FR")


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (MicOptions(output_path=Path("out.wav")), "--output goes with --input"),
        (MicOptions(input_path=Path("in.wav"), both_sides=True), "--both-sides goes with --output"),
        (MicOptions(input_path=Path("in.wav"), microphone="2"), "name no devices"),
        (MicOptions(input_path=Path("in.wav"), linger_s=-1), "--linger"),
        (MicOptions(input_path=Path("in.wav"), output_path=Path("/")), "is a folder"),
        (MicOptions(input_path=Path("in.wav"), output_path=Path("in.wav")), "would be overwritten"),
    ],
)
def test_what_does_not_go_together_is_refused(options: MicOptions, why: str) -> None:
    """Before anything is loaded or written."""
    with pytest.raises(CannotTalk, match=why):
        check(options)


def test_what_goes_together_is_taken() -> None:
    """Devices, or files."""
    check(MicOptions(microphone="2"))
    check(MicOptions(input_path=Path("in.wav"), output_path=Path("out.wav"), both_sides=True))
