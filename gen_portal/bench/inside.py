"""Run one part of the benchmark inside Django, with whatever settings and database the environment names.

`python -m gen_portal.bench.inside <module> <arguments>` prints what `main` of that module returns, as JSON, on its last line.
"""

import importlib
import json
import sys

import django


def main(name, *arguments):
    django.setup()
    answer = importlib.import_module(f"gen_portal.bench.{name}").main(*arguments)
    print(json.dumps(answer, ensure_ascii=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
