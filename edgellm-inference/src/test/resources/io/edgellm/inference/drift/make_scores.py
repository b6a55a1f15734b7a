"""Writes scores.json: pairs of texts with their BLEU and ROUGE-L.

BLEU is sacreBLEU's (pip install sacrebleu==2.6.0). ROUGE-L is written here from its definition
(Lin 2004, section 3.1, beta = 1) over sacreBLEU's words: the longest common subsequence is searched
by recursion, not by the table that the Java code uses.
"""

import functools
import json
import random

import sacrebleu
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

WORDS = Tokenizer13a()

PAIRS = [
    ("police kill the gunman", "police killed the gunman"),
    ("the gunman kill police", "police killed the gunman"),
    ("the the the the the the the", "The cat is on the mat."),
    ("It is a guide to action which ensures that the military always obeys the commands of the party.",
     "It is a guide to action that ensures that the military will forever heed Party commands."),
    ('{"tool":"light.set","args":{"room":"bedroom","level":30}}',
     '{"tool":"light.set","args":{"room":"bedroom","level":31}}'),
    ('{"tool":"light.set"', '{"tool":"light.set","args":{}}'),
    ("", "something"),
    ("something", ""),
    ("one", "one"),
    ("one two three", "one two three"),
    ("Prices rose by 3.5%, to $1,234.50 - a record.", "Prices rose 3,5 % to $1,234.50 – a record!"),
    ("AT&amp;T said &quot;no&quot; &lt;twice&gt;", 'AT&T said "no" <twice>'),
    ("a well-\nknown line\nbreak  and\ttabs ", "a wellknown line break and tabs"),
    ("naïve café — übergrößen 日本語 の テスト", "naive café — übergrößen 日本語 の 試験"),
    ("5-6 pages, pp. 10-12; e.g. this", "5 - 6 pages, pp. 10 -12; e.g. that"),
    ("[a]{b}~`c` (d) + e:f;g<h=i>j?k@l/m^n_o|p\\q", "[a] {b} ~ `c` (d)+e : f"),
]


def random_pairs(seed, count):
    random.seed(seed)
    for _ in range(count):
        words = [random.choice(["a", "b", "c", "d", "e,", "f.", "7", "8.9"]) for _ in range(random.randint(1, 14))]
        other = [w if random.random() < 0.7 else random.choice("abcxyz") for w in words]
        if random.random() < 0.5:
            del other[random.randrange(len(other))]
        yield " ".join(words), " ".join(other)


def rouge_l(answer, expected):
    one, other = WORDS(answer.rstrip()).split(), WORDS(expected.rstrip()).split()
    if not one and not other:
        return 1.0

    @functools.lru_cache(None)
    def common(i, j):
        if i == len(one) or j == len(other):
            return 0
        if one[i] == other[j]:
            return 1 + common(i + 1, j + 1)
        return max(common(i + 1, j), common(i, j + 1))

    length = common(0, 0)
    if length == 0:
        return 0.0
    precision, recall = length / len(one), length / len(other)
    return 2 * precision * recall / (precision + recall)


pairs = PAIRS + list(random_pairs(7, 40))
corpora = [pairs[:6], pairs[6:10], pairs[10:16], pairs[16:36], pairs[36:], pairs]
with open("scores.json", "w", encoding="utf-8") as out:
    json.dump(
        {
            "sacrebleu": sacrebleu.__version__,
            "pairs": [
                {
                    "answer": a,
                    "expected": e,
                    "words": WORDS(a.rstrip()).split(),
                    "bleu": sacrebleu.sentence_bleu(a, [e]).score,
                    "rougeL": rouge_l(a, e),
                }
                for a, e in pairs
            ],
            "corpora": [
                {
                    "from": pairs.index(c[0]),
                    "count": len(c),
                    "bleu": sacrebleu.corpus_bleu([a for a, _ in c], [[e for _, e in c]]).score,
                }
                for c in corpora
            ],
        },
        out,
        ensure_ascii=False,
        indent=0,
    )
