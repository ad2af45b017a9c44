"""``flowkit graph``: an agent's flows as a Mermaid diagram."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from flowkit.authoring.compiler import load_agent
from flowkit.authoring.graph import mermaid
from flowkit.cli import OK
from flowkit.cli.subjects import one_agent


def main(argv: Sequence[str] | None = None) -> int:
    """Print the diagram of an agent."""
    parser = argparse.ArgumentParser(
        prog="flowkit graph",
        description="Draw an agent's flows as a Mermaid diagram. GitHub, GitLab and "
        "most wikis show it when it stands in a block that starts with ```mermaid.",
    )
    parser.add_argument(
        "path",
        metavar="PATH",
        help="a flow file, an agent's folder, or the name of a shipped agent",
    )
    options = parser.parse_args(argv)
    print(mermaid(load_agent(one_agent(options.path))))
    return OK
