"""Run every benchmark, or those named, and print one line for each figure."""

import sys
from importlib import import_module

BENCHMARKS = (
    "scoring",
    "large_score",
    "raking",
    "mailer",
    "outbox",
    "form_page",
    "importing",
    "sampling",
    "citizens",
    "demo_round",
)


def main() -> None:
    """Run and print; unknown names end the run before it begins."""
    wanted = sys.argv[1:] or list(BENCHMARKS)
    unknown = sorted(set(wanted) - set(BENCHMARKS))
    if unknown:
        sys.exit(f"unknown: {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    for name in wanted:
        module = import_module(f"benchmarks.{name}")
        print(f"\n{(module.__doc__ or name).splitlines()[0]}")
        for title, figure, unit in module.run():
            print(f"  {title:<58} {figure:>10.3f} {unit}", flush=True)


if __name__ == "__main__":
    main()
