/// Lines typed into an editor, each kept in a history.
struct EditedLines {
    let editor: EditLine
    let history: HistoryFile?

    func next(_ prompt: Prompt) -> LineReader.Input {
        let input = editor.next(prompt)
        if case .line(let line) = input, HistoryFile.takes(line) {
            editor.remember(line)
            history?.append(line)
        }
        return input
    }
}
