package com.example;

/** Greets whom its arguments name. */
public final class Greeter {
    private Greeter() {}

    static String greeting(String name) {
        return "Hello, " + name + "!";
    }

    public static void main(String[] names) {
        for (String name : names.length == 0 ? new String[] {"world"} : names) {
            System.out.println(greeting(name));
        }
    }
}
