"""Just enough of thrift's compact protocol to change a Parquet footer. Struct = list of [id, type, value]."""

import struct


def rv(b, p):
    n = s = 0
    while 1:
        c = b[p]
        p += 1
        n |= (c & 127) << s
        s += 7
        if c < 128:
            return n, p


def wv(n):
    o = bytearray()
    while n > 127:
        o.append(n & 127 | 128)
        n >>= 7
    o.append(n)
    return bytes(o)


zd = lambda n: (n >> 1) ^ -(n & 1)
ze = lambda n: (n << 1) ^ (n >> 63)


def rval(b, p, t):
    if t == 3:
        return b[p], p + 1
    if t in (4, 5, 6):
        n, p = rv(b, p)
        return zd(n), p
    if t == 7:
        return b[p : p + 8], p + 8
    if t == 8:
        n, p = rv(b, p)
        return bytes(b[p : p + n]), p + n
    if t == 9:
        h = b[p]
        p += 1
        n = h >> 4
        e = h & 15
        if n == 15:
            n, p = rv(b, p)
        L = []
        for _ in range(n):
            if e in (1, 2):
                v = b[p]
                p += 1
            else:
                v, p = rval(b, p, e)
            L.append(v)
        return (e, L), p
    if t == 12:
        return rstruct(b, p)
    raise ValueError(t)


def rstruct(b, p=0):
    F = []
    last = 0
    while 1:
        h = b[p]
        p += 1
        if h == 0:
            return F, p
        t = h & 15
        d = h >> 4
        if d:
            last += d
        else:
            n, p = rv(b, p)
            last = zd(n)
        if t in (1, 2):
            v = None
        else:
            v, p = rval(b, p, t)
        F.append([last, t, v])


def wval(t, v):
    if t == 3:
        return bytes([v])
    if t in (4, 5, 6):
        return wv(ze(v))
    if t == 7:
        return v
    if t == 8:
        return wv(len(v)) + v
    if t == 9:
        e, L = v
        o = bytes([len(L) << 4 | e]) if len(L) < 15 else bytes([0xF0 | e]) + wv(len(L))
        return o + b"".join(bytes([x]) if e in (1, 2) else wval(e, x) for x in L)
    return wstruct(v)


def wstruct(F):
    o = b""
    last = 0
    for i, t, v in sorted(F, key=lambda f: f[0]):
        d = i - last
        o += bytes([d << 4 | t]) if 0 < d < 16 else bytes([t]) + wv(ze(i))
        last = i
        if t not in (1, 2):
            o += wval(t, v)
    return o + b"\0"


def get(F, i):
    for f in F:
        if f[0] == i:
            return f[2]


def put(F, i, t, v):
    for f in F:
        if f[0] == i:
            f[1] = t
            f[2] = v
            return
    F.append([i, t, v])


def drop(F, i):
    F[:] = [f for f in F if f[0] != i]


def edit(path, fn):
    """fn(meta, body) -> body; meta changed in place."""
    b = open(path, "rb").read()
    n = struct.unpack("<I", b[-8:-4])[0]
    m, _ = rstruct(b[-8 - n : -8])
    body = fn(m, bytearray(b[: -8 - n]))
    f = wstruct(m)
    open(path, "wb").write(bytes(body) + f + struct.pack("<I", len(f)) + b"PAR1")
