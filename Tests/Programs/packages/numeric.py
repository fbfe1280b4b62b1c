"""NumPy and its neighbours: what they compute, and what they raise."""
import json
import re
import sqlite3
import sys
import _host

import kiwisolver
import numpy as np
from scipy.spatial import ConvexHull, QhullError

print(sys.version_info[:3], np.__version__, sys.argv)
print("the host:", _host.call(b"from the guest"), _host.call(bytes(range(256)) * 300)[:4])

random = np.random.default_rng(7)
a, b = random.standard_normal((120, 80)), random.standard_normal((80, 120))
product = a @ b
print("product", product.shape, product.trace().hex(), np.abs(product - np.einsum("ij,jk->ik", a, b)).max() < 1e-12)
print("integers", (np.arange(10000, dtype=np.int64).reshape(100, 100) @ np.ones((100, 100), np.int64)).sum())
print("inverse", np.allclose(np.linalg.inv(product[:50, :50]) @ product[:50, :50], np.eye(50)))
print("eigenvalues", np.linalg.eigvalsh(a.T @ a)[[0, -1]].round(9).tolist())

numbers = random.integers(-1000000, 1000000, 100000)
for kind in ("quicksort", "heapsort", "stable"):
    print(kind, np.sort(numbers, kind=kind)[::20000].tolist())
print("unique", len(np.unique(numbers)), np.searchsorted(np.sort(numbers), [0, 500000]).tolist())
print("strings", np.sort(np.char.upper(np.array("the quick brown fox jumps".split()))).tolist())

wave = np.sin(np.arange(1024) * 2 * np.pi * 37 / 1024) + random.standard_normal(1024).astype(np.float32) / 8
spectrum = np.fft.rfft(wave)
print("fft", np.abs(spectrum).argmax(), np.allclose(np.fft.irfft(spectrum), wave), np.fft.fft(np.arange(7)).round(6)[1])
print("single", float(np.cumsum(wave.astype(np.float32))[-1]).hex(), wave.astype(np.float16).view(np.uint16).sum())
table = np.array([(1, 2.5, "a"), (2, -0.0, "b")], dtype=[("n", "<i2"), ("x", ">f8"), ("s", "U3")])
np.savez("numeric.npz", product=product, table=table)
with np.load("numeric.npz") as loaded:
    print("saved", loaded["table"].tolist(), (loaded["product"] == product).all())


def attempt(what, call):
    try:
        print(what, call())
    except Exception as error:
        print(what, "raised", type(error).__name__, str(error).split("\n")[0])
    finally:
        print("after", what)


def divide():
    with np.errstate(all="raise"):
        return np.float64(1) / np.zeros(3)


def contradict():
    solver, x = kiwisolver.Solver(), kiwisolver.Variable("x")
    solver.addConstraint(x >= 2)
    solver.updateVariables()
    print("x is", x.value())
    solver.addConstraint(x <= 1)


def recurse(n):
    return recurse(n + 1)


attempt("shapes", lambda: a @ a)
attempt("singular", lambda: np.linalg.inv(np.zeros((3, 3))))
attempt("division", divide)
attempt("index", lambda: a[500])
attempt("memory", lambda: np.zeros(1 << 30))
attempt("solver", contradict)  # thrown in C++
attempt("hull", lambda: ConvexHull(random.random((50, 3))).vertices.tolist())
attempt("flat", lambda: ConvexHull([(0, 0), (1, 1), (2, 2), (3, 3)]))  # by longjmp
attempt("recursion", lambda: recurse(0))
attempt("json", lambda: json.loads('{"a": [1, 2.5, null], "b" "c"}'))
attempt("pattern", lambda: re.findall(r"(\w+)=(?:(\d+)|'([^']*)')", "a=1, b='two', c=3"))
attempt("unbalanced", lambda: re.compile("(a"))
store = sqlite3.connect(":memory:")
store.execute("create table t (n integer primary key, x real)")
store.executemany("insert into t values (?, ?)", enumerate(wave[:100].tolist()))
attempt("sql", lambda: store.execute("select count(*), round(sum(x), 6), max(n) from t where n % 3 = 1").fetchall())
attempt("again", lambda: store.execute("insert into t values (1, 1)"))
caught = 0
for n in range(30000):
    try:
        [0, 1, 2][n % 4]
    except IndexError:
        caught += 1
print("caught", caught, pow(3, 5000) % 10 ** 30, sum(k * k for k in range(200000)))
np.linalg.cholesky(-np.eye(2))
