cfg_if::cfg_if! {
    if #[cfg(target_pointer_width = "64")] {
        const BITS: u32 = 64;
    } else {
        const BITS: u32 = 0;
    }
}

fn main() {
    println!("{} bits", itoa::Buffer::new().format(BITS));
}
