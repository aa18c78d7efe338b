//! The documents in JSON: lock, plan, manifest, run spec. What parses can be written and parses to the same again.
#![no_main]

use lazytools_lock::{Lock, Manifest, Plan, RunSpec};
use libfuzzer_sys::fuzz_target;

fn round_trip<T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>(text: &str) {
    if let Ok(value) = serde_json::from_str::<T>(text) {
        let again = serde_json::to_string(&value).unwrap();
        assert_eq!(serde_json::from_str::<T>(&again).unwrap(), value);
    }
}

fuzz_target!(|text: &str| {
    round_trip::<Plan>(text);
    round_trip::<Manifest>(text);
    round_trip::<RunSpec>(text);
    if let Ok(lock) = Lock::parse(text, "lock.json") {
        let again = lock.render();
        assert_eq!(Lock::parse(&again, "lock.json").unwrap().render(), again);
    }
});
