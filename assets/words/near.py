"""Makes near.txt: python3 near.py <WordNet's dict folder> <GloVe vectors as text, common words first> <stop words> > near.txt

Needs numpy and snowballstemmer. Neighbours of a word are those of its synsets, of what stands above, below and beside them, and
the words derived from it. Those that its vector is far from are left out: they belong to senses that few people use.
"""

import collections
import re
import sys

import numpy
import snowballstemmer

WORDS = 25_000  # words that get neighbours, of the most common ones
NEIGHBOURS = 10
LEAST = 0.3  # how near a neighbour must be
RELATIONS = {"@": 0.55, "~": 0.55, "&": 0.75, "$": 0.7, "^": 0.7, "*": 0.7, ">": 0.7}
POSITIONS = {"1": "noun", "2": "verb", "3": "adj", "4": "adv", "5": "adj"}
FILES = {"n": "noun", "v": "verb", "a": "adj", "s": "adj", "r": "adv"}

stem = snowballstemmer.stemmer("english").stemWord


def vectors(path):
    """The rank of each word, and the vector of each stem, without what all words have in common."""
    lines = [line.split() for line in open(path, encoding="utf-8")][:60_000]
    matrix = numpy.array([[float(number) for number in line[1:101]] for line in lines])
    matrix -= matrix[:40_000].mean(0)
    for direction in numpy.linalg.svd(matrix[:20_000], full_matrices=False)[2][:3]:
        matrix -= numpy.outer(matrix @ direction, direction)
    ranks, stems = {}, collections.defaultdict(lambda: numpy.zeros(matrix.shape[1]))
    for rank, (line, vector) in enumerate(zip(lines, matrix)):
        if re.fullmatch("[a-z]{3,}", line[0]):
            ranks[line[0]] = rank
            stems[stem(line[0])] += vector / numpy.linalg.norm(vector) / (rank + 50)
    return ranks, {word: vector / (numpy.linalg.norm(vector) + 1e-12) for word, vector in stems.items()}


def wordnet(folder):
    """The words and pointers of each synset, and the senses of each word with how often they are meant."""
    synsets, senses = {}, collections.defaultdict(list)
    for kind in ("noun", "verb", "adj", "adv"):
        for line in open(f"{folder}/data.{kind}", encoding="latin1"):
            if line.startswith("  "):
                continue
            parts = line.split(" ")
            count = int(parts[3], 16)
            words = [re.sub(r"\(.*\)", "", parts[4 + 2 * place]).lower() for place in range(count)]
            at = 5 + 2 * count
            pointers = [parts[at + 4 * place : at + 4 * place + 4] for place in range(int(parts[at - 1]))]
            synsets[kind, parts[0]] = (words, [(sign, (FILES[of], to), ends) for sign, to, of, ends in pointers])
    for line in open(f"{folder}/index.sense"):
        key, offset, number, count = line.split()
        lemma, rest = key.split("%")
        senses[lemma].append((POSITIONS[rest[0]], offset, int(number), int(count)))
    return synsets, senses


def related(word, synsets, senses):
    """Words that have to do with a word, with how much."""
    total = sum(count + 0.5 for *_, count in senses[word])
    for kind, offset, number, count in senses[word]:
        share = (count + 0.5) / total
        if number > 4 and share < 0.1:
            continue
        weight = 0.6 + 0.4 * min(1, share * 2)
        words, pointers = synsets[kind, offset]
        yield from ((other, weight, False) for other in words)
        place = words.index(word) + 1 if word in words else 0
        for sign, target, ends in pointers:
            others = synsets[target][0] if target in synsets else []
            source, end = int(ends[:2], 16), int(ends[2:], 16)
            if sign in "+\\" and source in (0, place) and others:
                yield others[max(end - 1, 0)], 1.1 * weight, True
            yield from ((other, RELATIONS[sign] * weight, False) for other in others if sign in RELATIONS)


def main():
    ranks, stems = vectors(sys.argv[2])
    synsets, senses = wordnet(sys.argv[1])
    stop_words = set(open(sys.argv[3]).read().split())
    near = collections.defaultdict(dict)

    def note(word, other, weight):
        one, two = stem(word), stem(other)
        if one != two:
            near[one][two] = max(near[one].get(two, 0), weight)

    for word, rank in ranks.items():
        if rank > WORDS or word in stop_words:
            continue
        for other, weight, is_derived in list(related(word, synsets, senses)):
            if other in ranks and other not in stop_words:
                note(word, other, weight)
                if is_derived:
                    note(other, word, weight / 1.1)
    order = {}
    for word in ranks:
        order.setdefault(stem(word), len(order))
    for word in sorted(near, key=order.get):
        rated = []
        for other, weight in near[word].items():
            cosine = stems[word] @ stems[other]
            if weight < 0.9 or cosine >= 0.1:
                rated.append((weight * (0.25 + 0.75 * max(0, cosine)), other))
        best = sorted((pair for pair in rated if pair[0] >= LEAST), reverse=True)[:NEIGHBOURS]
        if best:
            print(word, *(f"{other} {round(weight * 100)}" for weight, other in best))


main()
