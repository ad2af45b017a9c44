"""``flowkit schema``: the JSON Schema of the flow format."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence

from flowkit.authoring.schema import KINDS, schema
from flowkit.cli import OK


def main(argv: Sequence[str] | None = None) -> int:
    """Print the schema of one kind of file, or of all of them."""
    parser = argparse.ArgumentParser(
        prog="flowkit schema",
        description="Print the JSON Schema of the flow format, for editors. With it "
        "an editor completes keys and marks what is wrong while you write.",
    )
    parser.add_argument(
        "--kind",
        choices=tuple(KINDS),
        help="only one kind of file (default: any of them)",
    )
    options = parser.parse_args(argv)
    print(json.dumps(schema(options.kind), indent=2, ensure_ascii=False))
    return OK
