import SpeechRecognition
import Testing

@Suite struct KeywordLabelsTests {
    @Test func `Labels are sorted words with silence at the end`() {
        let labels = KeywordLabels(words: ["b", "_silence_", "a", "b"])
        #expect(labels.all == ["a", "b", "_silence_"])
        #expect(labels.words == ["a", "b"] && labels.commands == ["a", "b"])
        #expect(labels.silenceIndex == 2 && labels.index(of: "b") == 1 && labels.index(of: "c") == nil)
        #expect(
            KeywordLabels.speechCommands.count == 35
                && KeywordLabels(words: KeywordLabels.speechCommands).all.count == 36)
    }

    @Test func `The commands are the ten where a model knows them all`() {
        #expect(KeywordLabels(words: KeywordLabels.speechCommands).commands == KeywordLabels.tenCommands)
        #expect(KeywordLabels(words: KeywordLabels.tenCommands.dropLast()).commands.count == 9)
    }

    @Test(arguments: [
        ["a", "a", "_silence_"], ["a", "b"], ["_silence_"], ["a", "_unknown_", "_silence_"], ["a", "", "_silence_"], [],
    ])
    func `Outputs that cannot be are refused`(outputs: [String]) {
        #expect(KeywordLabels(outputs: outputs) == nil)
    }

    @Test func `Outputs keep their order`() {
        #expect(KeywordLabels(outputs: ["_silence_", "b", "a"])?.all == ["_silence_", "b", "a"])
        #expect(KeywordLabels(outputs: ["_silence_", "b", "a"])?.silenceIndex == 0)
    }

    @Test func `The 12 classes are the commands, the sum over all other words, and silence`() {
        let labels = KeywordLabels(words: KeywordLabels.speechCommands)
        let view = LabelView.commands(of: labels)
        #expect(view.labels == KeywordLabels.tenCommands + ["_unknown_", "_silence_"])
        // 2 for yes, 3 for silence, 1 for each of the 34 other words, of which 9 are commands.
        var probabilities = labels.all.map { $0 == "yes" ? 2 as Float : $0 == "_silence_" ? 3 : 1 }
        #expect(view.summed(probabilities) == [2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 25, 3])
        probabilities = probabilities.map { $0 / 39 }
        #expect(view.best(probabilities).index == 10)
        #expect(abs(view.best(probabilities).probability - 25 / 39) < 1e-6)
        let all = LabelView.allWords(of: labels)
        #expect(all.labels == labels.all && all.summed(probabilities) == probabilities)
        #expect(all.labels[all.best(probabilities).index] == "_silence_")
    }

    @Test func `A model whose words are all commands has no unknown`() {
        #expect(LabelView.commands(of: KeywordLabels(words: ["go", "no"])).labels == ["go", "no", "_silence_"])
    }

    @Test func `A clip's folder says its label in either view`() {
        let labels = KeywordLabels(words: KeywordLabels.speechCommands)
        let view = LabelView.commands(of: labels), all = LabelView.allWords(of: labels)
        #expect(view.place(ofTruth: "no", labels: labels) == 1)
        #expect(view.place(ofTruth: "cat", labels: labels) == 10)
        #expect(view.place(ofTruth: "_unknown_", labels: labels) == 10)
        #expect(view.place(ofTruth: "_background_noise_", labels: labels) == 11)
        #expect(view.place(ofTruth: "hello", labels: labels) == nil)
        #expect(all.place(ofTruth: "cat", labels: labels) == 3)
        #expect(all.place(ofTruth: "_unknown_", labels: labels) == nil)
    }

    @Test func `A list of words keeps its order and says what is not known`() throws {
        let labels = KeywordLabels(words: ["go", "no", "yes"])
        #expect(try KeywordList(" yes, no,yes,", of: labels).words == ["yes", "no"])
        #expect(
            fault { _ = try KeywordList("yes,nay", of: labels) }
                == "--words: the model does not know 'nay'; it knows go, no, yes")
        #expect(
            fault { _ = try KeywordList(" ,", of: labels) }
                == "--words: the model does not know ''; it knows go, no, yes")
        #expect(
            fault { _ = try KeywordList("_silence_", of: labels) }
                == "--words: the model does not know '_silence_'; it knows go, no, yes")
    }
}
