//! No network, and an account of what was wanted.
#![cfg(target_os = "linux")]

mod support;

use std::net::TcpListener;
use std::time::Duration;

use serde_json::json;
use support::{has, Bench, Ran, GUARDS};

/// What the message says of the guard, whichever it is.
const FAST: Duration = Duration::from_secs(4);

#[test]
fn a_name_is_noted_and_the_remedy_told() {
    for guard in GUARDS {
        let bench = Bench::new(guard);
        let ran = bench.sh("getent ahosts dl.thing.test; echo GET https://dl.thing.test/x-1.tgz failed; exit 3");
        assert!(ran.took < FAST, "{ran:?}");
        let ran = ran.fails(
            3,
            "lazytools-action: //x:y: the tool failed with exit code 3, and it had tried to reach\n  dl.thing.test \
             (https://dl.thing.test/x-1.tgz)\n    cache \"c\" (thing 1.2): Pin the thing.\nIt had no network (guard: ",
        );
        assert!(ran.err.ends_with(") (LT504)\n"), "{ran:?}");
        assert_eq!(ran.out, "GET https://dl.thing.test/x-1.tgz failed\n");
    }
}

#[test]
fn what_no_cache_stands_for_gets_general_advice() {
    for guard in GUARDS {
        let bench = Bench::new(guard);
        bench.sh("getent ahosts b.other.test; getent ahosts a.other.test; exit 1").fails(
            1,
            "had tried to reach\n  a.other.test\n  b.other.test\nIts caches: \"c\" (thing 1.2). Pin what is missing with \
             lazy_tools.tool(...) in MODULE.bazel, run `bazel run //tools:update_pins` and add the cache to the rule's \
             `caches`; or give the rule `network = True`, knowing that its result then depends on the network.\nIt had \
             no network (guard: ",
        );
    }
}

#[test]
fn a_strict_run_fails_where_the_tool_had_asked_and_succeeded() {
    for guard in GUARDS {
        let mut bench = Bench::new(guard);
        bench.spec["strict"] = json!(true);
        assert_eq!(bench.sh("true").code, Some(0));
        let ran = bench.sh("getent ahosts dl.thing.test; true");
        let ran =
            ran.fails(1, "//x:y: the tool succeeded, and it had tried to reach\n  dl.thing.test\n    cache \"c\"");
        assert!(ran.err.ends_with(") (LT511)\n"), "{ran:?}");
    }
}

/// What a strict run says of a tool that tried these addresses, minded no failure and succeeded.
fn strict_with(guard: &'static str, tries: &str) -> Ran {
    let mut bench = Bench::new(guard);
    bench.spec["strict"] = json!(true);
    let script = format!(
        "import os, socket, struct
def attempt(what):
    try: what()
    except OSError: pass
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
{tries}
print('done')"
    );
    let ran = Ran::of(bench.program().args(["--", "python3", "-c", &script]));
    assert_eq!(ran.out, "done\n", "{ran:?}");
    ran
}

#[test]
fn a_strict_run_counts_addresses_that_no_name_was_looked_up_for() {
    if !has("python3") {
        return;
    }
    for guard in GUARDS {
        for (tries, counted) in [
            ("attempt(lambda: tcp.connect(('10.0.0.1', 443)))", "10.0.0.1:443"),
            ("attempt(lambda: (tcp.settimeout(1), tcp.connect_ex(('10.0.0.1', 80))))", "10.0.0.1:80"),
            ("attempt(lambda: udp.connect(('10.0.0.1', 443)))", "10.0.0.1:443"),
            ("attempt(lambda: udp.sendto(b'x', ('10.0.0.1', 9)))", "10.0.0.1:9"),
            ("attempt(lambda: udp.sendmsg([b'x'], [], 0, ('10.0.0.1', 9)))", "10.0.0.1:9"),
            ("attempt(lambda: socket.socket(socket.AF_INET6).connect(('2001:db8::1', 443)))", "[2001:db8::1]:443"),
        ] {
            let ran = strict_with(guard, tries);
            let ran = ran.fails(1, &format!("//x:y: the tool succeeded, and it had tried to reach\n  {counted}\n"));
            assert!(ran.err.ends_with(") (LT511)\n"), "{tries}: {ran:?}");
        }
    }
}

#[test]
fn a_strict_run_counts_a_question_that_cannot_be_read() {
    if !has("python3") {
        return;
    }
    // As Go asks: by write, which no filter looks into. Where a name server answers, it reads the question.
    let question = "attempt(lambda: udp.connect(('127.0.0.1', 53)))
attempt(lambda: os.write(udp.fileno(), struct.pack('>6H', 7, 256, 1, 0, 0, 0) + b'\\2dl\\5thing\\4test\\0\\0\\1\\0\\1'))
attempt(lambda: (udp.settimeout(1), udp.recv(512)))";
    for guard in GUARDS {
        let counted = if guard == "filter" { "a host whose name it asked a name server for" } else { "dl.thing.test" };
        let said = format!("//x:y: the tool succeeded, and it had tried to reach\n  {counted}\n");
        strict_with(guard, question).fails(1, &said);
    }
}

#[test]
fn a_strict_run_does_not_count_this_machine() {
    if !has("python3") {
        return;
    }
    let own = "server = socket.create_server(('127.0.0.1', 0))
attempt(lambda: tcp.connect(server.getsockname()))
attempt(lambda: udp.sendto(b'x', ('127.0.0.1', 9)))
attempt(lambda: socket.getaddrinfo('localhost', 80))
attempt(lambda: socket.getaddrinfo(socket.gethostname(), 80))";
    for guard in GUARDS {
        let ran = strict_with(guard, own);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
    }
}

#[test]
fn an_address_fails_at_once_and_is_noted() {
    if !has("bash") {
        return;
    }
    for guard in GUARDS {
        let bench = Bench::new(guard);
        let ran = bench.sh("bash -c 'exec 3<>/dev/tcp/192.0.2.1/443' || exit 4");
        assert!(ran.took < FAST && ran.err.contains("Network is unreachable"), "{ran:?}");
        ran.fails(4, "had tried to reach\n  192.0.2.1:443\n");
    }
}

#[test]
fn a_server_outside_cannot_be_reached_and_loopback_inside_can() {
    if !has("python3") {
        return;
    }
    let outside = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = outside.local_addr().unwrap().port();
    let bench = Bench::new("");
    if support::has_namespaces() {
        let script = format!("import socket; socket.create_connection(('127.0.0.1', {port}), 2)");
        let ran = Ran::of(bench.program().args(["--", "python3", "-c", &script]));
        assert!(ran.code != Some(0) && ran.err.contains("Connection refused"), "{ran:?}");
    }
    for guard in GUARDS {
        let bench = Bench::new(guard);
        let script = "import socket, threading
s = socket.create_server(('localhost', 0))
def serve():
    c, _ = s.accept()
    c.sendall(b'inside')
    c.close()
threading.Thread(target=serve).start()
print(socket.create_connection(('localhost', s.getsockname()[1])).recv(10).decode())
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u.bind(('127.0.0.1', 0))
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', u.getsockname())
print(u.recvfrom(9)[0].decode())
a, b = socket.socketpair()
a.sendmsg([b'unix'])
print(b.recv(9).decode())";
        assert_eq!(Ran::of(bench.program().args(["--", "python3", "-c", script])).ok(), "inside\nx\nunix\n");
    }
}

#[test]
fn messages_without_connection_do_not_leave() {
    if !has("python3") {
        return;
    }
    for guard in GUARDS {
        let bench = Bench::new(guard);
        let script = "import errno, socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for send in (lambda: s.sendto(b'x', ('192.0.2.1', 9)), lambda: s.sendmsg([b'x'], [], 0, ('192.0.2.2', 9))):
    try: send(); print('sent')
    except OSError as e: print(errno.errorcode[e.errno])
raise SystemExit(1)";
        let ran = Ran::of(bench.program().args(["--", "python3", "-c", script]));
        assert_eq!(ran.out, "ENETUNREACH\nENETUNREACH\n");
        ran.fails(1, "had tried to reach\n  192.0.2.1:9\n");
    }
}

#[test]
fn real_tools_fail_fast() {
    let fetch = "fetch('https://dl.thing.test/a').catch(e => { console.error(e.cause.code); process.exit(6) })";
    for (program, args) in [("curl", ["-sS", "https://dl.thing.test/a"]), ("node", ["-e", fetch])] {
        for guard in GUARDS.into_iter().filter(|_| has(program)) {
            let bench = Bench::new(guard);
            let ran = Ran::of(bench.program().args(["--", program]).args(args));
            assert!(ran.took < FAST, "{ran:?}");
            ran.fails(6, "\n    cache \"c\" (thing 1.2): Pin the thing.\n");
        }
    }
}

#[test]
fn a_tool_that_succeeds_is_not_told_off() {
    for guard in GUARDS {
        let bench = Bench::new(guard);
        bench.sh("getent ahosts dl.thing.test; true").ok();
        let mut command = bench.program();
        command.env("LAZYTOOLS_VERBOSE", "1").args(["--", "/bin/sh", "-c", "getent ahosts dl.thing.test; true"]);
        let ran = Ran::of(&mut command);
        assert_eq!(ran.err, "lazytools-action: //x:y: succeeded, and had tried to reach dl.thing.test\n");
    }
}

#[test]
fn names_of_this_machine_are_known() {
    for guard in GUARDS {
        let bench = Bench::new(guard);
        assert!(bench.sh("getent ahosts localhost").ok().contains("127.0.0.1"));
    }
}

#[test]
fn a_tool_that_only_waits_for_a_certain_miss_is_ended() {
    for guard in GUARDS {
        let bench = Bench::new(guard);
        let ran = bench.sh("trap '' INT; while ! getent ahosts dl.thing.test; do sleep 60; done");
        assert!(ran.took > Duration::from_secs(4) && ran.took < Duration::from_secs(9), "{ran:?}");
        ran.fails(
            143,
            "the tool was ended by signal 15 (it was ended: dl.thing.test can only mean a miss, and it only waited on), \
             and it had tried to reach\n  dl.thing.test\n",
        );
        assert!(bench.is_clean());
    }
}

#[test]
fn a_tool_that_works_on_after_a_miss_is_left_alone() {
    let bench = Bench::new("");
    let script =
        "getent ahosts dl.thing.test; end=$(($(date +%s) + 8)); while [ $(date +%s) -lt $end ]; do :; done; echo done";
    assert_eq!(bench.sh(script).ok(), "done\n");
}

#[test]
fn a_tool_that_asks_again_and_again_is_ended() {
    for guard in GUARDS {
        let bench = Bench::new(guard);
        let ran = bench.sh("while ! getent ahosts some.other.test; do :; done");
        assert!(ran.took < FAST, "{ran:?}");
        ran.fails(143, "(it was ended: it asked for some.other.test 20 times), and it had tried to reach\n");
    }
}

#[test]
fn a_tool_that_does_not_listen_is_killed() {
    let bench = Bench::new("");
    let ran = bench.sh("trap '' TERM; while ! getent ahosts some.other.test; do :; done");
    assert!(ran.took < Duration::from_secs(6), "{ran:?}");
    ran.fails(137, "was ended by signal 9 (it was ended: it asked for some.other.test 20 times)");
}

#[test]
fn network_that_is_allowed_is_there() {
    if !has("python3") {
        return;
    }
    let outside = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = outside.local_addr().unwrap().port();
    let mut bench = Bench::new("");
    bench.spec["network"] = json!(true);
    let script = format!(
        "import socket, os; socket.create_connection(('127.0.0.1', {port}), 2); print(os.environ['http_proxy'])"
    );
    let mut command = bench.program();
    let ran = Ran::of(command.env("http_proxy", "http://p").args(["--", "python3", "-c", &script]));
    assert_eq!(ran.ok(), "http://p\n");
}

#[test]
fn a_run_in_a_run_is_guarded_too() {
    for guard in GUARDS {
        let bench = Bench::new(guard);
        let inner = format!(
            "TMPDIR={} {} run --spec spec.json --cache c=cache -- /bin/sh -c 'getent ahosts dl.thing.test; exit 5'",
            bench.path("private").display(),
            support::action().display()
        );
        let ran = bench.sh(&inner);
        assert!(ran.took < FAST, "{ran:?}");
        ran.fails(5, "had tried to reach\n  dl.thing.test\n");
    }
}

#[test]
fn without_any_guard_nothing_runs() {
    let bench = Bench::new("filter");
    // Only one program can be asked by a filter, so a run in a run that does not know of the outer one has no guard.
    let inner = |variables: &str| {
        format!(
            "env -u LAZYTOOLS_GUARDED {variables} {} run --spec spec.json --cache c=cache -- /bin/echo ran",
            support::action().display()
        )
    };
    let ran = bench.sh(&inner("LAZYTOOLS_GUARD=filter"));
    assert_eq!(ran.out, "");
    ran.fails(
        1,
        "lazytools-action: this machine lets nobody cut a program off from the network: seccomp: Device or resource \
         busy. Allow user namespaces or seccomp, or set LAZYTOOLS_UNGUARDED=1 (bazel: --action_env=LAZYTOOLS_UNGUARDED=1) \
         where something else keeps the network away (LT510)\n",
    );
    assert_eq!(bench.sh(&inner("LAZYTOOLS_GUARD=filter LAZYTOOLS_UNGUARDED=1")).ok(), "ran\n");
}
