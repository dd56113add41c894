import Terminal
import Testing

@Suite struct JSONValueTests {
    @Test(
        arguments: [
            (nil, "null"), (true, "true"), (false, "false"), (.integer(.min), "-9223372036854775808"), (0, "0"),
            (1.5, "1.5"), (1.0, "1.0"), (.number(0.1 as Float), "0.1"), (.number(1e300), "1e+300"),
            (.number(Double.nan), "null"), (.number(-Double.infinity), "null"), (.number(Float.nan), "null"),
            (.number(Double.leastNonzeroMagnitude), "5e-324"), ("", #""""#), (#"a"b\c/d"#, #""a\"b\\c/d""#),
            ("\n\r\t\u{8}\u{C}\u{0}\u{1F}\u{7F}", #""\n\r\t\b\f\u0000\u001f"# + "\u{7F}\""),
            ("\r\n", #""\r\n""#), ("é 語 👩‍👩‍👧 e\u{301}", "\"é 語 👩‍👩‍👧 e\u{301}\""),
            ([], "[]"), ([1, nil, ["a"]], #"[1,null,["a"]]"#), ([:], "{}"),
            (["z": 1, "a": [["b": 2, "a": 3]], "m\"": nil], #"{"z":1,"a":[{"b":2,"a":3}],"m\"":null}"#),
        ] as [(JSONValue, String)])
    func `A value is written on one line, its members in their order`(value: JSONValue, text: String) {
        #expect(Array(value.text.utf8) == Array(text.utf8))
    }
}
