"""One speech on its way to the caller's ear, and what came of it.

Pipecat reports a reply from three places, each a little late or a little early: the
assistant aggregator (which words were released, and whether the turn was cut), the output
transport (sound on, sound off) and the frames themselves. A ``Speech`` puts the reports
of one ``Say`` together and says when it is settled. Rules of this module:

* a speech is settled when the aggregator has closed its turn *and* the line is silent. The
  aggregator alone is early: with word times the end of a reply is released together with
  its last word, before that word has sounded. After a cut, the silence of the transport
  is what tells that its queues are empty, so that the next speech is not swept away;
* a word counts as heard when it has begun, as in Pipecat's context; so a speech whose last
  word was cut is finished, and with a chunk of older sound still being written the report
  may be one word ahead of the line;
* words that a voice has timed but that never sounded settle it after ``UNSOUNDED_S``;
* without a voice there is no sound to wait for: the speech is settled when its text has
  passed the whole pipeline. That is what "finished" means in text mode.

No clock, no awaiting: the brain brings the reports and the time.

Facts of Pipecat 1.14.0: ``TTSService._stamp_llm_response_frame`` gives the end frame the
time of the last word; ``BaseOutputTransport.MediaSender.handle_interruptions`` reports the
end of sound after it has emptied its queues.
"""

from __future__ import annotations

from dataclasses import dataclass

from flowkit.dialogue.effects import Say, Segment

UNSOUNDED_S = 1.0
"""How long words that a voice has timed may wait for their sound to begin."""


@dataclass(slots=True)
class Speech:
    """What is known of one ``Say`` so far."""

    say: Say
    opened: bool = False
    """Its start has reached the aggregator: from here on words are counted."""
    voiced: bool = False
    """A voice has given words to it, so that sound is to be expected."""
    sounded: bool = False
    """Sound has begun."""
    sounding: bool = False
    """There is sound on the line now."""
    heard: str | None = None
    """The words that had begun to sound when its turn was closed; None: still open."""
    cut: bool = False
    """It was stopped before its end."""
    stopped: bool = False
    """The dialogue itself wants it stopped."""

    @property
    def id(self) -> int:
        """The id of the ``Say``."""
        return self.say.id

    def sentence_at(self, heard: str) -> Segment | None:
        """Return the sentence that follows the words heard, or the last one.

        Args:
            heard: The words played so far.
        """
        words = len(heard.split())
        for segment in self.say.segments:
            words -= len(segment.text.split())
            if words < 0:
                return segment
        return self.say.segments[-1] if self.say.segments else None

    def close(self, heard: str, *, cut: bool) -> None:
        """Take the aggregator's word for what was heard; the first report counts."""
        if self.heard is None:
            self.heard, self.cut = heard, cut

    def sound(self, *, on: bool) -> None:
        """Take the transport's word for sound on the line."""
        self.sounding = on
        self.sounded = self.sounded or on

    @property
    def settled(self) -> bool:
        """Whether nothing more of it will sound and all that was heard is known."""
        return self.heard is not None and not self.sounding and not self.owes_sound

    @property
    def owes_sound(self) -> bool:
        """Whether its words have been released but nothing of them has sounded yet."""
        return (
            self.heard is not None and self.voiced and not self.cut and not self.sounded
        )
