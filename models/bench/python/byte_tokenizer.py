# SPDX-License-Identifier: Apache-2.0
"""A byte-level BPE tokenizer trained on generated words, by Hugging Face's library.

usage: byte_tokenizer.py < strings.json > models/src/text/golden/byte-level-bpe.json
Prints {"tokenizer", "cases": [{"text", "ids"}]}: what the library makes of each string, for the tests.
"""

import json
import random
import sys

from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers, processors, trainers

SYLLABLES = "ba dog ing rain ter on th un der so und of qu ick mel ody é ü 日 音 ж".split()


def words(seed):
    generator = random.Random(seed)
    for _ in range(4000):
        yield " ".join(
            "".join(generator.choice(SYLLABLES) for _ in range(generator.randint(1, 4)))
            + generator.choice(["", "", "", "'s", ",", ".", "!", " 42", "-"])
            for _ in range(generator.randint(2, 9))
        )


def train(vocabulary):
    """RoBERTa's layout: the same special tokens, numbers and post-processor."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>", AddedToken("<mask>", lstrip=True, special=True)],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(words(1), trainer)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    return tokenizer


if __name__ == "__main__":
    tokenizer = train(600)
    cases = [{"text": text, "ids": tokenizer.encode(text).ids} for text in json.load(sys.stdin)]
    json.dump({"tokenizer": json.loads(tokenizer.to_str()), "cases": cases}, sys.stdout, ensure_ascii=True)
