"""Writes goldens.json: what jinja2, set up as Hugging Face sets it up, makes of our templates.

Run with Python 3 and jinja2 3.1: python3 make_goldens.py
"""

import datetime
import json
import pathlib

from jinja2 import nodes
from jinja2.exceptions import TemplateError
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

HERE = pathlib.Path(__file__).parent
NOW = datetime.datetime(2026, 3, 7, 9, 5, 2)


class Generation(Extension):
    """The generation block of transformers, without its bookkeeping."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return nodes.CallBlock(self.call_method("_support"), [], [], body).set_lineno(line)

    def _support(self, caller):
        return caller()


def environment():
    env = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols]
    )

    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(
            x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys
        )

    def raise_exception(message):
        raise TemplateError(message)

    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    env.globals["strftime_now"] = NOW.strftime
    return env


def main():
    env = environment()
    corpus = json.loads((HERE / "corpus.json").read_text(encoding="utf-8"))
    goldens = []
    for case in corpus["cases"]:
        golden = dict(name=case["name"], template=case["template"], variables=case.get("variables"))
        try:
            variables = corpus["variables"] if case.get("variables") is None else case["variables"]
            golden["output"] = env.from_string(case["template"]).render(**variables)
        except Exception as e:  # every failure is a golden of its own
            golden["error"] = type(e).__name__ + ": " + str(e)
        goldens.append(golden)
    text = json.dumps(
        dict(variables=corpus["variables"], goldens=goldens), ensure_ascii=False, indent=1
    )
    (HERE / "goldens.json").write_text(text + "\n", encoding="utf-8")
    print(len(goldens), "goldens,", sum("error" in g for g in goldens), "of them errors")


if __name__ == "__main__":
    main()
