#pragma once
#include <histedit.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <wchar.h>

/* libedit takes what it is told as variadic arguments, and C's streams are variables: Swift can use neither. */

typedef int (*engram_edit_reader)(EditLine *, wchar_t *);
typedef unsigned char (*engram_edit_command)(EditLine *, wint_t);
typedef wchar_t *(*engram_edit_prompt)(EditLine *);

/* An editor on the terminal that is standard input and output, with the keys of Emacs, as shells have them. */
static inline EditLine *engram_edit_open(const char *program) {
    EditLine *edit = el_init(program, stdin, stdout, stderr);
    if (edit != NULL) el_wset(edit, EL_EDITOR, L"emacs");
    return edit;
}

static inline void engram_edit_set_context(EditLine *edit, void *context) { el_wset(edit, EL_CLIENTDATA, context); }

static inline void *engram_edit_context(EditLine *edit) {
    void *context = NULL;
    el_wget(edit, EL_CLIENTDATA, &context);
    return context;
}

static inline void engram_edit_set_reader(EditLine *edit, engram_edit_reader reader) {
    el_wset(edit, EL_GETCFN, reader);
}

/* What lies between two of the characters `mark` takes no column. */
static inline void engram_edit_set_prompt(EditLine *edit, engram_edit_prompt prompt, wchar_t mark) {
    el_wset(edit, EL_PROMPT_ESC, prompt, mark);
}

static inline void engram_edit_set_history(EditLine *edit, HistoryW *history) {
    el_wset(edit, EL_HIST, history_w, history);
}

static inline void engram_edit_add_command(EditLine *edit, const wchar_t *name, engram_edit_command command) {
    el_wset(edit, EL_ADDFN, name, name, command);
}

static inline void engram_edit_bind(EditLine *edit, const wchar_t *key, const wchar_t *command) {
    el_wset(edit, EL_BIND, key, command, (const wchar_t *)NULL);
}

/* Whether a key at a time arrives, unechoed, or lines as the system edits them. */
static inline void engram_edit_set_raw(EditLine *edit, int raw) { el_wset(edit, EL_PREP_TERM, raw); }

/* Draws prompt and line anew from the row where the cursor is. */
static inline void engram_edit_redraw(EditLine *edit) { el_wset(edit, EL_REFRESH); }

static inline void engram_history_set_size(HistoryW *history, int size) {
    HistEventW event;
    history_w(history, &event, H_SETSIZE, size);
    history_w(history, &event, H_SETUNIQUE, 1);
}

static inline void engram_history_enter(HistoryW *history, const wchar_t *line) {
    HistEventW event;
    history_w(history, &event, H_ENTER, line);
}

static inline void engram_flush_standard_output(void) { fflush(stdout); }

/* How many columns the thread's locale gives a character; wchar.h has it only for those who ask for X/Open. */
int wcwidth(wchar_t);

/* A descriptor that a signal handler writes to, so that whoever waits for input wakes up. */
static inline int engram_wake_up_descriptor(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }
