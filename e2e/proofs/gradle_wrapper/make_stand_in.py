"""Writes gradle-9.4.1-bin.zip: a distribution whose launcher says who it is and what it was asked for.

The same bytes each time, and no compiler: the class is assembled here. `python3 make_stand_in.py` in this folder.
"""

import io
import struct
import zipfile

VERSION = "9.4.1"


def utf8(text):
    data = text.encode()
    return struct.pack(">BH", 1, len(data)) + data


def launcher():
    """`class GradleMain { public static void main(String[] a) { System.out.println("…".concat(String.join(" ", a))); } }`"""
    name_and_type = lambda name, kind: struct.pack(">BHH", 12, name, kind)
    member = lambda tag, owner, what: struct.pack(">BHH", tag, owner, what)
    index = lambda tag, of: struct.pack(">BH", tag, of)
    pool = [
        utf8("org/gradle/launcher/GradleMain"),  # 1
        index(7, 1),
        utf8("java/lang/Object"),  # 3
        index(7, 3),
        utf8("main"),  # 5
        utf8("([Ljava/lang/String;)V"),
        utf8("Code"),  # 7
        utf8("java/lang/System"),
        index(7, 8),  # 9
        utf8("out"),
        utf8("Ljava/io/PrintStream;"),  # 11
        name_and_type(10, 11),
        member(9, 9, 12),  # 13: System.out
        utf8(f"Gradle {VERSION}, a stand-in, asked for: "),
        index(8, 14),  # 15: the text
        utf8("java/lang/String"),
        index(7, 16),  # 17
        utf8("join"),
        utf8("(Ljava/lang/CharSequence;[Ljava/lang/CharSequence;)Ljava/lang/String;"),  # 19
        name_and_type(18, 19),
        member(10, 17, 20),  # 21: String.join
        utf8("concat"),
        utf8("(Ljava/lang/String;)Ljava/lang/String;"),  # 23
        name_and_type(22, 23),
        member(10, 17, 24),  # 25: String.concat
        utf8("java/io/PrintStream"),
        index(7, 26),  # 27
        utf8("println"),
        utf8("(Ljava/lang/String;)V"),  # 29
        name_and_type(28, 29),
        member(10, 27, 30),  # 31: PrintStream.println
        utf8(" "),
        index(8, 32),  # 33: the space
    ]
    code = bytes.fromhex("b2000d 120f 1221 2a b80015 b60019 b6001f b1")
    body = struct.pack(">HHI", 4, 1, len(code)) + code + struct.pack(">HH", 0, 0)
    method = struct.pack(">HHHHHI", 0x0009, 5, 6, 1, 7, len(body)) + body
    return (
        struct.pack(">IHHH", 0xCAFEBABE, 0, 52, len(pool) + 1)
        + b"".join(pool)
        + struct.pack(">HHHHHH", 0x0021, 2, 4, 0, 0, 1)
        + method
        + struct.pack(">H", 0)
    )


def archive(members):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_STORED) as out:
        for name, text, mode in members:
            info = zipfile.ZipInfo(name)
            info.create_system = 3
            info.external_attr = (0o100000 | mode) << 16
            out.writestr(info, text)
    return data.getvalue()


jar = archive([("org/gradle/launcher/GradleMain.class", launcher(), 0o644)])
folder = f"gradle-{VERSION}"
with open(f"gradle-{VERSION}-bin.zip", "wb") as file:
    file.write(
        archive(
            [
                (f"{folder}/bin/gradle", b"#!/bin/sh\necho 'The wrapper takes the launcher, not this.'\n", 0o755),
                (f"{folder}/lib/gradle-launcher-{VERSION}.jar", jar, 0o644),
            ]
        )
    )
