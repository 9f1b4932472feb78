"""Running an engine that we do not trust: in a child process, behind walls, numbers out.

In the parent, where nothing of a stranger's is run or parsed:

- `options`, `limits`: what the person at the keyboard asks for.
- `reading`: a file, a folder or a zip as bytes.
- `opener`: a name, a path or a module -> an engine.
- `parent`, `child`, `channel`: the engine that runs in a process, the process, the pipe.
- `walls`, `staging`, `interpreter`: what the process can see, and what it can see it through.

In the child, which the code that it loads can change at will:

- `worker`: the loop; `privileges`, `landlock`, `seccomp`: the walls that it puts up around itself.
- `files`: the same as texts.
- `opening`, `loading`, `importing`, `executing`, `clock`: from files to an engine.
- `notebooks`, `magics`, `interactive`: the same for what was written in a notebook.
- `statements`, `standins`, `inert`: what is run of a file that cannot run here as a whole.

In both: `submission` (the files), `cells` (of a notebook; the parent keeps its code and nothing else), `wire`
(the transcripts; believed by nobody).
"""
