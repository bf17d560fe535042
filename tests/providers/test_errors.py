from providers.errors import InferenceClosed, ProvidersError, WeightsNotFound


def test_missing_weights_say_what_to_run() -> None:
    """The message names the file, the package and the command that installs it."""
    error = WeightsNotFound("some-voice", "data/voice.onnx", "the package is not installed")
    assert {"some-voice", "data/voice.onnx"} <= set(str(error).split())
    assert "`make setup`" in str(error)
    assert (error.distribution, error.ending) == ("some-voice", "data/voice.onnx")


def test_all_have_one_base() -> None:
    """Whoever calls a provider can catch them all."""
    assert isinstance(InferenceClosed(), ProvidersError)
