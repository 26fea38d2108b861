# SPDX-License-Identifier: Apache-2.0
"""Trains a byte-level BPE tokenizer on generated words, and says what Hugging Face's library makes of odd strings.

usage: tokenizer_reference.py OUT_DIR VOCABULARY_SIZE < strings.json
Writes OUT_DIR/tokenizer.json (RoBERTa's layout) and prints one list of token numbers a string.
"""

import json
import random
import sys

from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers, processors, trainers

SYLLABLES = ["ba", "dog", "ing", "rain", "ter", "on", "th", "un", "der", "so", "und", "of", "qu", "ick", "mel", "ody", "é", "ü", "日", "音", "ж"]


def words(seed: int):
    generator = random.Random(seed)
    for _ in range(4000):
        yield " ".join(
            "".join(generator.choice(SYLLABLES) for _ in range(generator.randint(1, 4)))
            + generator.choice(["", "", "", "'s", ",", ".", "!", " 42", "-"])
            for _ in range(generator.randint(2, 9))
        )


def train(size: int) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=special + [AddedToken("<mask>", lstrip=True, special=True)],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(words(1), trainer)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    return tokenizer


tokenizer = train(int(sys.argv[2]))
tokenizer.save(f"{sys.argv[1]}/tokenizer.json", pretty=False)
json.dump([tokenizer.encode(text).ids for text in json.load(sys.stdin)], sys.stdout)
