import CEdit
import Glibc

/// libedit's editor of a line on the terminal; the binding to that library.
///
/// libedit knows one locale, the thread's: it is UTF-8 while the library works. Its own reader and signal handlers are not
/// used: the first cannot wait for a signal, the others draw inside of a handler and signal the whole process group.
@safe final class EditLine {
    private let edit: OpaquePointer
    private let history: OpaquePointer
    /// UTF-8; nil where the system has no such locale.
    private let locale: locale_t?
    private let completion: Completion
    private var keyboard = Keyboard(descriptor: SystemCalls.neverWaiting(STDIN_FILENO))
    /// As libedit asks for it, with a zero at its end.
    private var prompt = UnsafeMutableBufferPointer<wchar_t>.allocate(capacity: 0)
    private var promptColumns = 0
    /// The width of the terminal.
    private var columns = 80
    /// What the command `insert-text` inserts.
    private var insertion = ""
    private var isInterrupted = false
    /// How many lines there are to go back to, and how many of them back the cursor stands at most.
    private var lineCount = 0
    private var depth = 0
    /// Those signals that the terminal has to be put in order for.
    private var signals: SignalWatch?

    /// Nil if standard input or output is no terminal that libedit can use.
    init?(history entries: [String], completion: Completion) {
        unsafe locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nil)
        let before = unsafe uselocale(locale)
        defer { unsafe uselocale(before) }
        guard let edit = unsafe engram_edit_open("engram") else { return nil }
        guard let history = unsafe history_winit() else {
            unsafe el_end(edit)
            return nil
        }
        unsafe self.edit = edit
        unsafe self.history = history
        self.completion = completion
        unsafe engram_history_set_size(history, CInt(HistoryFile.lineLimit))
        unsafe engram_edit_set_history(edit, history)
        unsafe engram_edit_set_context(edit, Unmanaged.passUnretained(self).toOpaque())
        unsafe engram_edit_set_reader(edit) { edit, character in unsafe EditLine.of(edit).read(character) }
        unsafe engram_edit_set_prompt(
            edit, { edit in unsafe EditLine.of(edit).prompt.baseAddress }, wchar_t(Prompt.mark.value))
        unsafe engram_edit_add_command(edit, Self.wide("insert-text")) { edit, _ in
            unsafe EditLine.of(edit).insertText()
        }
        unsafe engram_edit_add_command(edit, Self.wide("complete")) { edit, _ in unsafe EditLine.of(edit).complete() }
        for (key, command) in Self.bindings { unsafe engram_edit_bind(edit, Self.wide(key), Self.wide(command)) }
        entries.forEach(remember)
    }

    deinit {
        unsafe el_end(edit)
        unsafe history_wend(history)
        unsafe prompt.deallocate()
        unsafe freelocale(locale)
    }

    private static func of(_ edit: OpaquePointer?) -> EditLine {
        unsafe Unmanaged<EditLine>.fromOpaque(engram_edit_context(edit)).takeUnretainedValue()
    }

    /// Adds a line to those that Up brings back.
    func remember(_ line: String) {
        lineCount = min(lineCount + 1, HistoryFile.lineLimit)
        unsafe engram_history_enter(history, Self.wide(line))
    }

    /// The next line that is typed.
    func next(_ text: Prompt) -> LineReader.Input {
        let before = unsafe uselocale(locale)
        defer { unsafe uselocale(before) }
        unsafe prompt.deallocate()
        unsafe prompt = .allocate(capacity: text.marked.count + 1)
        _ = unsafe prompt.initialize(from: text.marked.map { wchar_t($0.value) } + [0])
        promptColumns = text.text.unicodeScalars.reduce(0) { $0 + max(Int(wcwidth(wchar_t($1.value))), 0) }
        columns = SystemCalls.columns(of: STDOUT_FILENO)
        insertion = ""
        isInterrupted = false
        depth = 0
        signals = SignalWatch([SIGWINCH, SIGTSTP, SIGCONT, SIGTERM, SIGHUP, SIGQUIT])
        defer { signals = nil }
        engram_flush_standard_output()
        takeTerminal()
        var count: CInt = 0
        let line = unsafe el_wgets(edit, &count)
        giveTerminalBack()
        if isInterrupted { return .interrupted }
        guard let line = unsafe line else {
            SystemCalls.write("\n")
            return .end
        }
        let scalars = unsafe UnsafeBufferPointer(start: line, count: Int(count))
        return .line(unsafe SingleLine.text(scalars.lazy.compactMap { Unicode.Scalar(UInt32(bitPattern: $0)) }))
    }
}

// MARK: - Keys

extension EditLine {
    /// Keys and libedit's commands. Those that send sequences, and text to insert, reach it as C1 control characters, which
    /// nobody types. What uses libedit's mark is left out: it is wrong once a long line has moved the buffer.
    private static let bindings: [(key: String, command: String)] =
        [
            ("\u{80}", "insert-text"), ("\t", "complete"), ("^R", "em-inc-search-prev"), ("^W", "ed-delete-prev-word"),
        ]
        + Keyboard.Key.allCases.compactMap { key in code(of: key).map { (String($0), command(of: key)) } }
        + ["^X", "\\ew", "\\eW", "\\ex", "\\eX", "\\ep", "\\eP", "\\en", "\\eN"].map { ($0, "ed-unassigned") }

    private static let insertText: Unicode.Scalar = "\u{80}"

    /// The character that stands for a key.
    private static func code(of key: Keyboard.Key) -> Unicode.Scalar? {
        Keyboard.Key.allCases.firstIndex(of: key).flatMap { Unicode.Scalar(0x81 + $0) }
    }

    private static func command(of key: Keyboard.Key) -> String {
        switch key {
        case .up: "ed-prev-history"
        case .down: "ed-next-history"
        case .right: "ed-next-char"
        case .left: "ed-prev-char"
        case .home: "ed-move-to-beg"
        case .end: "ed-move-to-end"
        case .delete: "ed-delete-next-char"
        case .wordLeft: "ed-prev-word"
        case .wordRight: "em-next-word"
        case .pasteBegins, .pasteEnds: "ed-ignore"
        }
    }

    /// What libedit calls for a character: 1 and the character, or 0 at the end.
    private func read(_ character: UnsafeMutablePointer<wchar_t>?) -> CInt {
        guard let scalar = nextCharacter() else { return 0 }
        unsafe character?.pointee = wchar_t(scalar.value)
        return 1
    }

    private func nextCharacter() -> Unicode.Scalar? {
        // An interrupted line is ended as Enter ends it, so that libedit leaves the cursor below. It is asked for again
        // where a key sequence swallowed the first one.
        while !isInterrupted {
            switch keyboard.next() {
            case .character("\u{10}"), .key(.up):
                // libedit keeps the first 1,024 characters of a line that is left for the history.
                guard lengthOfLine <= HistoryFile.lengthLimit else {
                    beep()
                    continue
                }
                depth = min(depth + 1, lineCount)
                return Self.code(of: .up)
            case .character("\u{E}"), .key(.down):
                // libedit replaces the newest line too.
                guard depth > 0 else {
                    beep()
                    continue
                }
                depth -= 1
                return Self.code(of: .down)
            case .character("\u{12}"):
                // A search may end at any of them.
                depth = lineCount
                return "\u{12}"
            case .character(let scalar):
                // Drawn quickly, one without a column would shift all that follows.
                guard scalar.value >= 0x20, wcwidth(wchar_t(scalar.value)) == 0 else { return scalar }
                insertion = String(scalar)
                return Self.insertText
            case .key(.pasteBegins):
                insertion = pastedText()
                return Self.insertText
            case .key(let key): return Self.code(of: key)
            case .signal: heed()
            case .end: return nil
            }
        }
        return "\r"
    }

    /// The text up to the end of the paste; nothing if Ctrl-C came.
    private func pastedText() -> String {
        var scalars: [Unicode.Scalar] = []
        while true {
            switch keyboard.next() {
            case .character(let scalar): scalars.append(scalar)
            case .key(.pasteEnds), .end: return SingleLine.text(scalars)
            case .key: continue
            case .signal:
                heed()
                if isInterrupted { return "" }
            }
        }
    }

    private var lengthOfLine: Int {
        guard let line = unsafe el_wline(edit)?.pointee else { return 0 }
        return unsafe line.lastchar - line.buffer
    }

    private func beep() { SystemCalls.write("\u{7}") }

    private static func wide(_ text: String) -> [wchar_t] { text.unicodeScalars.map { wchar_t($0.value) } + [0] }
}

// MARK: - Commands

extension EditLine {
    private func insertText() -> UInt8 {
        defer { insertion = "" }
        return insert(insertion)
    }

    private func insert(_ text: String) -> UInt8 {
        guard !text.isEmpty else { return UInt8(CC_NORM) }
        return unsafe UInt8(el_winsertstr(edit, Self.wide(text)) == 0 ? CC_REFRESH : CC_ERROR)
    }

    private func complete() -> UInt8 {
        guard let line = unsafe el_wline(edit)?.pointee else { return UInt8(CC_ERROR) }
        let typed = unsafe UnsafeBufferPointer(start: line.buffer, count: line.cursor - line.buffer)
        var text = String.UnicodeScalarView()
        unsafe text.append(contentsOf: typed.lazy.compactMap { Unicode.Scalar(UInt32(bitPattern: $0)) })
        guard let answer = completion.answer(to: String(text)) else { return UInt8(CC_ERROR) }
        guard answer.choices.isEmpty else {
            SystemCalls.write("\n" + answer.choices.joined(separator: "  ") + "\n")
            return UInt8(CC_REDISPLAY)
        }
        return insert(answer.insertion)
    }
}

// MARK: - The terminal's state

extension EditLine {
    private func takeTerminal() {
        unsafe engram_edit_set_raw(edit, 1)
        SystemCalls.write("\u{1B}[?2004h")
    }

    private func giveTerminalBack() {
        unsafe engram_edit_set_raw(edit, 0)
        SystemCalls.write("\u{1B}[?2004l")
    }

    /// Does what the signals that came ask for.
    private func heed() {
        for signal in signals?.take() ?? [] {
            switch signal {
            case SIGWINCH:
                let before = columns
                columns = SystemCalls.columns(of: STDOUT_FILENO)
                unsafe el_resize(edit)
                redraw(from: min(row(columns: before), row(columns: columns)))
                continue
            case SIGCONT: unsafe engram_edit_set_raw(edit, 0)
            default:
                giveTerminalBack()
                signals?.act(signal)
                // Going on after Ctrl-Z is what happened just now.
                Signals.remove(SIGCONT)
            }
            takeTerminal()
            redraw(from: 0)
        }
        guard ControlC.isPressed else { return }
        isInterrupted = true
        keyboard.discard()
        SystemCalls.write("^C")
    }

    /// Draws anew what begins so many rows above the cursor. Some terminals wrap long lines anew when they are resized and
    /// others do not; the smaller of both counts never reaches what stands above the prompt.
    private func redraw(from rows: Int) {
        SystemCalls.write((rows > 0 ? "\u{1B}[\(rows)A" : "") + "\r\u{1B}[J")
        unsafe engram_edit_redraw(edit)
    }

    /// In which row the cursor stands on a terminal of this width.
    private func row(columns: Int) -> Int {
        var width = promptColumns
        if let line = unsafe el_wline(edit)?.pointee {
            let typed = unsafe UnsafeBufferPointer(start: line.buffer, count: line.cursor - line.buffer)
            unsafe width += typed.reduce(0) { $0 + max(Int(wcwidth($1)), 0) }
        }
        return width / columns
    }
}
