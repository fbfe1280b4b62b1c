def g(n):
    if n % 3 == 0:
        raise ValueError(n)
    return n
t = 0
for k in range(20000):
    try:
        t += g(k)
    except ValueError:
        t -= 1
print(t, [x * x for x in range(10)], sorted({"b": 1, "a": 2}))
try:
    [][5]
except IndexError as e:
    print("index", e)
undefined
