import Engine
import Foundation
import ModelFiles
import ModelInspection
import Testing

/// `engram` as it is built.
@Suite struct CommandTests {
    @Test("info shows what a model is") func info() throws {
        let scratch = try Scratch()
        try Models.digits().write(toONNX: scratch.path + "/digits.onnx")
        let shown = try scratch.engram("info", "digits.onnx")
        let text = """
            digits.onnx
              input       input  f32 [batch, 1, 8, 8]
              output      output  f32 [batch, 10]
              operators   BatchNormalization 1, Conv 1, Flatten 1, Gemm 1, MaxPool 1, Relu 1
              parameters  706 (2,824 bytes)
              multiply-adds  2,944 with each free dimension at 1
              labels  zero
                one
              task  digits

            """
        #expect(shown.output == text)
        #expect((shown.status, shown.errors) == (0, ""))
    }

    @Test("info --json is one object a model") func infoJSON() throws {
        let scratch = try Scratch()
        try Models.digits().write(toONNX: scratch.path + "/digits.onnx")
        let shown = try scratch.engram("info", "--json", "digits.onnx")
        #expect(
            shown.output == """
                {"file":"digits.onnx","inputs":[{"name":"input","type":"f32","dimensions":["batch",1,8,8]}],\
                "outputs":[{"name":"output","type":"f32","dimensions":["batch",10]}],\
                "operators":{"BatchNormalization":1,"Conv":1,"Flatten":1,"Gemm":1,"MaxPool":1,"Relu":1},\
                "parameters":706,"parameter_types":{"f32":706},"bytes":2824,"multiply_adds":2944,"metadata":{"labels":"zero\\none","task":"digits"}}

                """)
        #expect(shown.status == 0)
    }

    @Test("info --plan shows the steps that run, for the instruction set that is asked for") func plan() throws {
        let scratch = try Scratch()
        try Models.digits().write(toONNX: scratch.path + "/digits.onnx")
        for instructionSet in InstructionSet.available {
            let shown = try scratch.engram(
                "info", "--plan", "--batch", "3", "digits.onnx", environment: ["ENGRAM_ISA": instructionSet.rawValue])
            #expect(shown.status == 0)
            let last = shown.output.split(separator: "\n").last.map(String.init) ?? ""
            #expect(last.hasPrefix("arena ") && last.hasSuffix(", \(instructionSet)"))
            #expect(shown.output.contains("[3, 10]"))
        }
        let lines = try scratch.engram("info", "--plan", "--json", "digits.onnx").output.split(separator: "\n")
        #expect(lines.count == 1)
        let plan = try json(lines[0])["plan"] as? [String] ?? []
        #expect(plan.last?.hasPrefix("arena ") == true && plan.count > 3)
    }

    @Test("info goes on after a file that cannot be read, and ends with 1") func goesOn() throws {
        let scratch = try Scratch()
        try Models.digits().write(toONNX: scratch.path + "/digits.onnx")
        try scratch.write(Array("no model".utf8), to: "text.onnx")
        let shown = try scratch.engram("info", "missing.onnx", "text.onnx", "digits.onnx")
        #expect(shown.status == 1)
        #expect(
            shown.errors == """
                engram: missing.onnx: no such file
                engram: text.onnx: not an ONNX model, or cut short

                """)
        #expect(shown.output.hasPrefix("digits.onnx\n"))
        let lines = try scratch.engram("info", "--json", "missing.onnx", "digits.onnx").output.split(separator: "\n")
        #expect(lines.first == #"{"file":"missing.onnx","error":"no such file"}"#)
        #expect(lines.count == 2)
    }

    @Test("convert keeps weights in fewer bits, and info and compare show it") func convert() throws {
        let scratch = try Scratch()
        try Models.digits().write(toONNX: scratch.path + "/digits.onnx")
        for (kind, type, bytes) in [("f16", "f16", 2), ("bf16", "bf16", 2), ("int8", "i8", 1)] {
            let made = try scratch.engram("convert", "digits.onnx", "small.onnx", "--weights", kind, "--json")
            #expect((made.status, made.errors) == (0, ""))
            let object = try json(made.output)
            #expect(object["file"] as? String == "small.onnx")
            let weights = try #require(object["weights"] as? [String: [String]])
            // A kernel and a matrix; biases and what normalises stay.
            #expect(weights[type]?.count == 2 && weights["f32"]?.count == (kind == "int8" ? 8 : 6))
            let summary = try ModelSummary(of: Graph(contentsOfONNX: scratch.path + "/small.onnx"))
            #expect(summary.parameterTypes.contains { $0.elementType.rawValue == type && $0.count == 676 })
            #expect(summary.parameterBytes < 676 * bytes + 4 * 50)
            let info = try scratch.engram("info", "small.onnx").output
            #expect(info.contains(", \(type) 676"))
            let compared = try scratch.engram("compare", "digits.onnx", "small.onnx", "--json")
            let absolute = try json(compared.output)["absolute"] as? [String: Any]
            let difference = try #require(absolute?["difference"] as? Double)
            #expect(difference > 0 && difference < 0.1, "\(kind)")
            let back = try scratch.engram("convert", "small.onnx", "back.onnx", "--weights", "f32")
            #expect(back.status == 0 && back.output.hasPrefix("f32\t8 tensors, 706 numbers\t"))
        }
        let plain = try scratch.engram("convert", "digits.onnx", "same.onnx", "--weights", "f32")
        #expect(plain.status == 0)
        #expect(try scratch.engram("compare", "digits.onnx", "same.onnx").output == "output\tthe same\n")
    }

    @Test("convert refuses what it cannot do, with words") func conversionRefused() throws {
        let scratch = try Scratch()
        try Models.digits().write(toONNX: scratch.path + "/digits.onnx")
        let kind = try scratch.engram("convert", "digits.onnx", "small.onnx", "--weights", "i16")
        #expect(kind.status == 64 && kind.errors.contains("'f16', 'bf16', 'int8' or 'f32'"))
        let missing = try scratch.engram("convert", "missing.onnx", "small.onnx", "--weights", "f16")
        #expect((missing.status, missing.errors) == (1, "engram: missing.onnx: no such file\n"))
        let folder = try scratch.engram("convert", "digits.onnx", "none/small.onnx", "--weights", "f16")
        #expect(folder.status == 1 && folder.errors.hasPrefix("engram: none/small.onnx: "))
        let train = try scratch.engram("bench", "digits.onnx", "--train", "--weights", "f16")
        #expect(train.status == 64 && train.errors.contains("--weights does not go with --train"))
    }

    @Test("bench times a model or a training step", arguments: [false, true])
    func bench(isTraining: Bool) throws {
        let scratch = try Scratch()
        try Models.digits().write(toONNX: scratch.path + "/digits.onnx")
        let train = isTraining ? "--train" : "--quiet"
        let shown = try scratch.engram(
            "bench", "--seconds", "0.05", "--batch", "4", "--threads", "1", "--json", train, "digits.onnx")
        #expect((shown.status, shown.errors) == (0, ""))
        let object = try json(shown.output)
        #expect(
            Set(object.keys) == [
                "name", "batch", "threads", "runs", "minimum_us", "median_us", "load_us", "multiply_adds_per_second",
                "peak_share", "peak_memory",
            ])
        #expect(object["name"] as? String == "digits.onnx")
        #expect(object["batch"] as? Int == 4)
        #expect(object["threads"] as? Int == 1)
        #expect(object["runs"] as? Int ?? 0 >= 1)
        let minimum = object["minimum_us"] as? Double ?? 0
        #expect(minimum > 0 && minimum <= object["median_us"] as? Double ?? 0)
        let rate = object["multiply_adds_per_second"] as? Double ?? 0
        #expect(abs(rate * minimum / 1e6 / Double((isTraining ? 3 : 1) * 4 * 2_944) - 1) < 1e-6)
        let share = object["peak_share"] as? Double ?? 0
        #expect(share > 0 && share.isFinite)
        // A process has a megabyte at least, and this one not a gigabyte.
        #expect((1 << 20..<1 << 30).contains(object["peak_memory"] as? Int ?? 0))

        let lines = try scratch.engram("bench", "--seconds", "0.01", "--threads", "1", train, "digits.onnx").output
            .split(
                separator: "\n")
        #expect(
            lines.first
                == (isTraining ? "digits.onnx, training step, batch 1, 1 thread" : "digits.onnx, batch 1, 1 thread"))
        let heads = lines.dropFirst().map { $0.split(separator: " ").first ?? "" }
        #expect(heads == ["minimum", "median", "multiply-adds", "loading", "memory"])
    }

    @Test("bench takes rounds from standard input") func rounds() throws {
        let scratch = try Scratch()
        try Models.digits().write(toONNX: scratch.path + "/digits.onnx")
        let shown = try scratch.engram(
            "bench", "--rounds-from-stdin", "--threads", "1", "digits.onnx", input: "0.01\n0.02\n")
        #expect((shown.status, shown.errors) == (0, ""))
        let lines = shown.output.split(separator: "\n")
        #expect(lines.count == 3)
        let version = try json(lines[0])["version"] as? String ?? ""
        #expect(version.split(separator: " ").last == (try InstructionSet.preferred()).rawValue[...])
        for line in lines.dropFirst() { #expect(try json(line)["runs"] as? Int ?? 0 >= 1) }
        for line in ["x", "-1", "inf", "1e300", "nan", ""] {
            let refused = try scratch.engram("bench", "--rounds-from-stdin", "digits.onnx", input: line + "\n")
            #expect(refused.status == 64)
            #expect(refused.errors.hasPrefix("engram: '\(line)' is no number of seconds above 0 and at most 3600\n"))
        }
    }

    @Test("benchmark-chart draws a report") func chart() throws {
        let scratch = try Scratch()
        let text = #"{"machine": "here", "date": "2026", "rows": [{"name": "a", "threads": 1, "ratio": 2.0}]}"#
        try scratch.write(Array(text.utf8), to: "benchmark.json")
        let drawn = try scratch.engram("benchmark-chart", "benchmark.json", "benchmark.png")
        #expect(drawn == Finished(status: 0, output: "", errors: ""))
        let picture = try Data(contentsOf: URL(fileURLWithPath: scratch.path + "/benchmark.png"))
        #expect(picture.prefix(8) == Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
        try scratch.write(Array(#"{"machine": 1}"#.utf8), to: "bad.json")
        #expect(
            try scratch.engram("benchmark-chart", "bad.json", "bad.png")
                == Finished(status: 1, output: "", errors: "engram: bad.json: not a report of tools/benchmark\n"))
        #expect(!FileManager.default.fileExists(atPath: scratch.path + "/bad.png"))
        #expect(
            try scratch.engram("benchmark-chart", "missing.json", "bad.png")
                == Finished(status: 1, output: "", errors: "engram: missing.json: no such file\n"))
    }

    @Test("--version names the release and the instruction set") func version() throws {
        let scratch = try Scratch()
        for instructionSet in InstructionSet.available {
            let shown = try scratch.engram("--version", environment: ["ENGRAM_ISA": instructionSet.rawValue])
            #expect(shown == Finished(status: 0, output: "engram 0.1.0, \(instructionSet)\n", errors: ""))
        }
    }

    @Test("an instruction set that there is not is refused, with those that there are") func foreignInstructionSet()
        throws
    {
        let scratch = try Scratch()
        try Models.digits().write(toONNX: scratch.path + "/digits.onnx")
        let choices = InstructionSet.available.map(\.rawValue).joined(separator: ", ")
        let shown = try scratch.engram("bench", "digits.onnx", environment: ["ENGRAM_ISA": "mmx"])
        #expect(shown.status == 1)
        #expect(shown.errors == "engram: ENGRAM_ISA=mmx: no instruction set of this processor; it has \(choices)\n")
    }

    @Test("a model that asks for more than there is ends with one line") func tooLarge() throws {
        let scratch = try Scratch()
        var graph = Graph()
        let side = 1 << 29
        let x = graph.addInput("x", dimensions: [.fixed(side), .fixed(side)])
        graph.addOutput("y", try graph.append(Operators.MatMul(), [x, x])[0])
        try graph.write(toONNX: scratch.path + "/m.onnx")
        #expect(try scratch.engram("info", "m.onnx").status == 0)
        for arguments in [["info", "--plan"], ["bench"], ["bench", "--train"], ["compare", "m.onnx"]] {
            let shown = try scratch.engram(arguments: arguments + ["m.onnx"])
            #expect((shown.status, shown.output) == (1, ""))
            #expect(shown.errors.contains("a run needs 1099511627776 MiB where the machine has "), "\(arguments)")
            #expect(shown.errors.split(separator: "\n").count == 1)
            #expect(shown.errors.hasPrefix("engram: m.onnx: ") && !shown.errors.contains("--train"))
        }
    }

    @Test("bench names the file that has no gradient, and what can be done") func noGradient() throws {
        let scratch = try Scratch()
        var graph = Graph()
        let x = graph.addInput("x", dimensions: [2, 3])
        let weight = graph.addConstant(Tensor([1, 2, 3], shape: [3]))
        let scaled = try graph.append(Operators.Mul(), [x, weight])
        let place = try graph.append(Operators.ArgMax(axis: 1), scaled, name: "place")
        graph.addOutput("y", try graph.append(Operators.Cast(to: .f32), place)[0])
        try graph.write(toONNX: scratch.path + "/m.onnx")
        #expect(
            try scratch.engram("bench", "--train", "m.onnx")
                == Finished(
                    status: 1, output: "",
                    errors:
                        "engram: m.onnx: node 'place' (ArgMax): ArgMax has no gradient, so nothing before it can be trained; without --train a call of it can be timed\n"
                ))
        #expect(try scratch.engram("bench", "--seconds", "0.01", "m.onnx").status == 0)
    }

    @Test("a missing file ends with 1 and its name") func missing() throws {
        let scratch = try Scratch()
        for arguments in [["info"], ["bench"], ["run", "--output-dir", "d"], ["compare", "missing.onnx"]] {
            let shown = try scratch.engram(arguments: arguments + ["missing.onnx"])
            #expect(shown == Finished(status: 1, output: "", errors: "engram: missing.onnx: no such file\n"))
        }
    }

    @Test(
        "a wrong usage ends with 64 and says what is wrong",
        arguments: [
            (["info"], "Missing expected argument '<models> ...'"),
            (["info", "--colour", "m.onnx"], "Unknown option '--colour'"),
            (["info", "--plan", "--batch", "0", "m.onnx"], "--batch is 0; it must be at least 1 and at most 65536"),
            (["info", "--plan", "--batch=-1", "m.onnx"], "--batch is -1; it must be at least 1 and at most 65536"),
            (["bench", "--batch", "0", "m.onnx"], "--batch is 0; it must be at least 1 and at most 65536"),
            (
                ["bench", "--batch", "9223372036854775807", "m.onnx"],
                "--batch is 9223372036854775807; it must be at least 1 and at most 65536"
            ),
            (["bench", "--seconds", "0", "m.onnx"], "--seconds is 0.0; it must be above 0 and at most 3600"),
            (["bench", "--seconds", "nan", "m.onnx"], "--seconds is nan; it must be above 0 and at most 3600"),
            (["bench", "--threads", "257", "m.onnx"], "--threads is 257; it can be 1 to 256"),
            (["bench", "--threads", "0", "m.onnx"], "--threads is 0; it can be 1 to 256"),
            (["run", "m.onnx"], "Missing expected argument '--output-dir <dir>'"),
            (["compare", "a.npy"], "Missing expected argument '<second>'"),
            (["compare", "--batch", "0", "a", "b"], "--batch is 0; it must be at least 1 and at most 65536"),
            (["test"], "Missing expected argument '<dir> ...'"),
            (["dance"], "Unexpected argument 'dance'"),
        ])
    func usage(_ arguments: [String], _ text: String) throws {
        let scratch = try Scratch()
        let tests = try scratch.engram(arguments: arguments)
        #expect(tests.status == 64)
        #expect(tests.output == "")
        #expect(tests.errors.split(separator: "\n").first.map(String.init) == "engram: " + text)
    }
}
