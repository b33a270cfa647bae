"""The proof that whoever sends a form again is whoever reviewed it."""

import hashlib
import hmac

from survey_service.keys import KeyRing


class Proofs:
    """Makes and checks the hidden field that the review page carries into the submit.

    A link alone may be in other hands (a superior, a shared mailbox). It can no longer show the
    review page once the form was taken, so it cannot ask for the receipt code a second time.
    """

    def __init__(self, keys: KeyRing) -> None:
        self._key = keys.secrets("receipt")[-1]

    def make(self, public_id: bytes) -> str:
        """Give an invitation's proof: 128 bits of HMAC-SHA-256 in hexadecimal."""
        return hmac.new(self._key, b"review|" + public_id, hashlib.sha256).hexdigest()[:32]

    def holds(self, public_id: bytes, proof: str) -> bool:
        """Tell in constant time whether a proof is the invitation's."""
        return hmac.compare_digest(proof.encode(), self.make(public_id).encode())
