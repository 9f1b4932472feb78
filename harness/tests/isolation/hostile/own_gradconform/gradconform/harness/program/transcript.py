# Bound: nothing, it only answers.
class Unsupported(Exception):
    pass


class Transcript:
    def __init__(self, *given):
        self.readings, self.stop, self.verdict = (), None, "pass"


Array = Reading = Stop = Opaque = Transcript
