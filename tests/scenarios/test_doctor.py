"""``reletan doctor`` in clones of every kind: it looks, changes nothing, and names what mends what is wrong."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from doctoring import commit_settings, doctor, text, wrong
from wrapped import WrappedGit

from reletan.adapters import clonestate
from reletan.adapters.templates import template_folder
from reletan.commands.doctor import run as run_here
from reletan.sandbox.world import World
from reletan.terminal import Terminal


def test_a_fine_clone_is_ready(world: World) -> None:
    checks = doctor(world, code=0)
    assert wrong(checks) == {}
    assert checks["remote.branches"]["text"] == "production is main, development is develop"
    assert checks["remote.push"]["state"] == "ok"
    assert checks["clone.identity"]["text"] == "Hana <hana@example.com>"
    assert checks["github.api"]["state"] == checks["slack.token"]["state"] == "skipped"


def test_for_people_it_has_words_for_states_and_the_end_on_stderr(world: World) -> None:
    (world.clone / ".git" / "index.lock").touch()
    run = text(world)
    assert run.code == 0
    assert run.out.startswith("\nThis machine\nok       reletan: ")
    assert "\nwarning  locks: " in run.out
    assert f"\n         fix: rm {world.clone}/.git/index.lock" in run.out
    assert run.err.strip().startswith("Ready, with warnings. ")
    assert "\x1b" not in run.out + run.err


def test_outside_of_a_repository_it_says_so(world: World) -> None:
    checks = doctor(world, code=1, cwd=world.folder / "home")
    assert wrong(checks) == {"clone.repository": "failed"}
    assert "-C DIR" in checks["clone.repository"]["fix"]
    assert wrong(doctor(world, code=1, cwd=world.clone, env={"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"})) == {
        "clone.repository": "failed"
    }


def test_a_folder_that_is_not_there(world: World) -> None:
    run = world.reletan("-C", "nowhere", "doctor")
    assert run.code == 1
    assert "failed   repository: There is no folder nowhere" in run.out


def test_an_old_git_and_none_at_all(world: World) -> None:
    old = WrappedGit(world, '[ "$1" != version ] || { echo git version 2.30.0; exit 0; }')
    checks = doctor(world, code=1, env=old.environment)
    assert wrong(checks) == {"machine.git": "failed"}
    assert "2.38" in checks["machine.git"]["fix"]
    checks = doctor(world, code=1, env={"PATH": str(world.folder / "nothing")})
    assert wrong(checks) == {"machine.git": "failed"}


def test_an_empty_repository(empty_world: World) -> None:
    checks = doctor(empty_world, code=1)
    assert wrong(checks) == {"remote.branches": "failed"}
    assert checks["remote.push"]["state"] == "skipped"


def test_a_clone_of_a_bare_repository_is_one_too(world: World) -> None:
    checks = doctor(world, code=1, cwd=world.origin)
    assert wrong(checks) == {"remote.reachable": "failed"}
    assert "git remote add origin" in checks["remote.reachable"]["fix"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[flow\n", "broken TOML"),
        ("[flow]\nremot = 'x'\n", "unknown key flow.remot"),
        ("[flow]\nremote = 1\n", "expected a text"),
    ],
)
def test_broken_settings_are_a_failed_check_and_nobody_is_asked(slack_world: World, content: str, said: str) -> None:
    (slack_world.clone / ".reletan.toml").write_text(content)
    checks = doctor(slack_world, code=1)
    assert wrong(checks) == {"clone.settings": "failed"}
    assert said in checks["clone.settings"]["text"]
    assert checks["remote.reachable"]["state"] == "skipped"
    assert (slack_world.github.exchanges, slack_world.slack.heard) == ([], [])


def test_a_mistyped_key_is_to_be_renamed(world: World) -> None:
    (world.clone / ".reletan.toml").write_text("[flow]\nproducton = 'main'\n")
    assert doctor(world, code=1)["clone.settings"]["fix"] == "rename it to production in .reletan.toml, or remove it"


def test_settings_that_no_commit_has_are_a_warning(world: World) -> None:
    (world.clone / ".reletan.toml").write_text("[flow]\nproduction = 'main'\n")
    checks = doctor(world, code=0)
    assert wrong(checks) == {"clone.settings": "warning"}
    assert "is in no commit: the team and CI do not have it" in checks["clone.settings"]["text"]
    command = checks["clone.settings"]["fix"].partition("  #")[0]
    subprocess.run(
        ["sh", "-c", command], cwd=world.clone / "src", env=world.environment({}), check=True, capture_output=True
    )
    assert wrong(doctor(world, code=0)) == {}


def test_a_settings_file_that_is_no_file_is_named_with_what_to_do(world: World) -> None:
    settings = world.clone / ".reletan.toml"
    settings.mkdir()
    checks = doctor(world, code=1)
    assert checks["clone.settings"]["fix"] == "make .reletan.toml a plain file, or remove it"
    settings.rmdir()
    settings.symlink_to("/etc/passwd")
    assert "plain file of the work tree" in doctor(world, code=1)["clone.settings"]["fix"]
    settings.unlink()
    settings.write_text(f"# {'x' * 2**20}")
    assert "shorten .reletan.toml" in doctor(world, code=1)["clone.settings"]["fix"]


def test_broken_git_configuration_is_told_in_gits_words(world: World) -> None:
    (world.clone / ".git" / "config").write_text("[core]\n\tx = 1\n[broken\n")
    run = text(world)
    assert run.code == 1
    assert "failed   repository: git cannot read its configuration: line 3 in file .git/config\n" in run.out
    assert "fix: mend that line" in run.out


def test_offline_nobody_is_asked(slack_world: World) -> None:
    git = WrappedGit(slack_world)
    checks = doctor(slack_world, "--offline", code=0, env=git.environment)
    assert wrong(checks) == {}
    assert {checks[id]["state"] for id in ("remote.reachable", "github.token", "slack.token", "machine.clock")} == {
        "skipped"
    }
    assert (slack_world.github.exchanges, slack_world.slack.heard) == ([], [])
    assert not [call for call in git.calls() if {"ls-remote", "fetch", "push"} & set(call.split())]


def test_a_shallow_clone_and_one_without_files(world: World) -> None:
    shallow = world.another_clone("shallow", "--depth=1")
    checks = doctor(world, code=0, cwd=shallow)
    assert wrong(checks) == {"clone.history": "warning"}
    world.git("config", "uploadpack.allowFilter", "true", cwd=world.origin)
    partial = world.another_clone("partial", "--filter=blob:none")
    assert doctor(world, code=0, cwd=partial)["clone.history"]["text"].startswith("a partial clone")


def test_what_was_left_behind(world: World) -> None:
    inner = world.clone / ".git" / "refs" / "heads" / "main.lock"
    graph = world.clone / ".git" / "objects" / "info" / "commit-graph.lock"
    left = [inner, graph, *(world.clone / ".git" / f"{name}.lock" for name in ("HEAD", "index", "packed-refs"))]
    for lock in left:
        lock.touch()
    journals = world.clone / ".git" / "reletan"
    journals.mkdir()
    (journals / "9.9.9.json").write_text("{torn")
    checks = doctor(world, code=0)
    assert wrong(checks) == {"clone.locks": "warning", "clone.journal": "warning"}
    assert checks["clone.locks"]["fix"].startswith(f"rm {' '.join(map(str, sorted(left)))} ")
    assert checks["clone.journal"]["fix"] == f"rm {journals / '9.9.9.json'}"


def test_an_interrupted_release_names_resume(world: World) -> None:
    no_push = WrappedGit(world, 'case " $* " in *" push "*) echo "fatal: early EOF" >&2; exit 128;; esac')
    assert world.reletan("start", "1.4.0", "--yes", env=no_push.environment).code
    assert doctor(world)["clone.journal"]["fix"] == "reletan resume 1.4.0"


def test_a_work_tree_of_its_own_has_locks_of_its_own(world: World) -> None:
    tree = world.folder / "tree"
    world.git("worktree", "add", "--quiet", "--detach", str(tree))
    (world.clone / ".git" / "worktrees" / "tree" / "index.lock").touch()
    assert wrong(doctor(world, cwd=tree)) == {"clone.locks": "warning"}
    assert wrong(doctor(world)) == {}


@pytest.mark.skipif(os.geteuid() == 0, reason="whoever is root may write everywhere")
@pytest.mark.parametrize("name", ["objects", "refs/heads", "reletan"])
def test_a_clone_that_cannot_be_written_to(world: World, name: str) -> None:
    folder = world.clone / ".git" / name
    folder.mkdir(exist_ok=True)
    folder.chmod(0o555)
    try:
        assert wrong(doctor(world)) == {"clone.repository": "failed"}
    finally:
        folder.chmod(0o755)


def test_what_stands_where_the_journal_belongs(world: World) -> None:
    (world.clone / ".git" / "reletan").touch()
    check = doctor(world, code=1)["clone.repository"]
    assert check["state"] == "failed"
    assert check["fix"].startswith(f"ls -ld {world.clone}/.git/reletan ")
    assert world.reletan("start", "--yes").code == 1


def test_nobody_told_git_who_this_is(world: World) -> None:
    for key in ("user.name", "user.email"):
        world.git("config", "--unset", key)
    nobody = {"GIT_CONFIG_GLOBAL": "/dev/null", "EMAIL": "guessed@example.com"}
    assert wrong(doctor(world, code=0, env=nobody)) == {"clone.identity": "warning"}
    world.git("config", "user.useConfigOnly", "true")
    assert wrong(doctor(world, code=1, env={"GIT_CONFIG_GLOBAL": "/dev/null"})) == {"clone.identity": "failed"}
    named = {f"GIT_{role}_{what}": "x" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    assert wrong(doctor(world, code=0, env={"GIT_CONFIG_GLOBAL": "/dev/null", **named})) == {}


# templates


@pytest.mark.parametrize(
    "key", ["notes.template", "checklist.template", "checklist.deploy_template", "automerge.commit_template"]
)
def test_a_template_that_cannot_be_filled(world: World, key: str) -> None:
    section, _, name = key.partition(".")
    commit_settings(world, f'[{section}]\n{name} = "own.j2"\n')
    assert "There is no template own.j2" in doctor(world, code=1)["clone.templates"]["text"]
    for broken in ("{{ verzion }}", "{% for", "{{ version.x.y }}"):
        (world.clone / "own.j2").write_text(f"One line\n{broken}\n")
        checks = doctor(world, code=1)
        assert wrong(checks) == {"clone.templates": "failed"}
        assert checks["clone.templates"]["text"].startswith("The template own.j2, line 2: ")


def test_templates_that_can_be_filled(world: World) -> None:
    for name in ("release_notes", "release_pull", "deploy_pull"):
        shutil.copy(Path(template_folder()) / "en" / f"{name}.md.j2", world.clone)
    (world.clone / "merge.j2").write_text("{{ title }}\n\n{{ body }}\n")
    commit_settings(
        world,
        '[notes]\ntemplate = "release_notes.md.j2"\n[automerge]\ncommit_template = "merge.j2"\n'
        '[checklist]\ntemplate = "release_pull.md.j2"\ndeploy_template = "deploy_pull.md.j2"\n',
    )
    checks = doctor(world, code=0)
    assert wrong(checks) == {}
    assert checks["clone.templates"]["text"].startswith("can be filled: release_notes.md.j2, ")


# signing


def test_without_the_key_signing_fails_and_gpg_makes_no_home(world: World) -> None:
    for key, value in {"tag.gpgsign": "true", "user.signingkey": "ABCD", "gpg.program": "true-gpg"}.items():
        world.git("config", key, value)
    checks = doctor(world, code=1)
    assert "there is no program true-gpg" in checks["clone.signing"]["text"]
    fake = world.folder / "bin" / "true-gpg"
    fake.parent.mkdir()
    fake.write_text('#!/bin/sh\nmkdir -p "$HOME/.gnupg"\nexit 2\n')
    fake.chmod(0o755)
    path = {"PATH": f"{fake.parent}:{os.environ['PATH']}"}
    assert "no secret key ABCD" in doctor(world, code=1, env=path)["clone.signing"]["text"]
    assert not (world.folder / "home" / ".gnupg").exists()
    (world.folder / "home" / ".gnupg").mkdir()
    assert "no secret key ABCD" in doctor(world, code=1, env=path)["clone.signing"]["text"]
    fake.write_text("#!/bin/sh\nexit 0\n")
    assert wrong(doctor(world, code=0, env=path)) == {}


def test_an_ssh_key_is_a_file_or_in_the_agent(world: World) -> None:
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed: nothing to sign with")
    key = world.folder / "key"
    for name, value in {"commit.gpgsign": "true", "gpg.format": "ssh"}.items():
        world.git("config", name, value)
    assert "no key is named" in doctor(world, code=1)["clone.signing"]["text"]
    world.git("config", "user.signingkey", f"{key}.pub")
    assert wrong(doctor(world, code=1)) == {"clone.signing": "failed"}
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    assert wrong(doctor(world, code=0)) == {}
    key.unlink()
    assert wrong(doctor(world, code=1)) == {"clone.signing": "failed"}


# git-flow and the settings


def test_git_flow_that_would_do_something_else(world: World) -> None:
    for old in ("older", "old"):
        world.git("config", "--add", "gitflow.branch.master", old)
    commit_settings(world, '[flow]\nproduction = "main"\n')
    checks = doctor(world, code=0)
    assert wrong(checks) == {"clone.git-flow": "warning"}
    assert checks["clone.git-flow"]["fix"] == "git config --replace-all gitflow.branch.master main"
    world.git(*checks["clone.git-flow"]["fix"].split()[1:])
    assert wrong(doctor(world)) == {}
    world.git("config", "gitflow.branch.develop", "develop")
    (world.clone / ".gitflow").write_text('[gitflow "branch"]\n\tdevelop = other\n')
    (world.clone / ".reletan.toml").write_text('[flow]\nproduction = "main"\ndevelopment = "develop"\n')
    assert (
        doctor(world)["clone.git-flow"]["fix"]
        == "git config --file .gitflow --replace-all gitflow.branch.develop develop"
    )


def test_two_git_flows_that_disagree_fail(world: World) -> None:
    world.git("config", "gitflow.branch.master", "old")
    world.git("config", "gitflow.branch.main.type", "base")
    assert doctor(world, code=1)["clone.git-flow"]["state"] == "failed"


# the remote


def test_a_remote_that_cannot_be_reached(world: World) -> None:
    world.git("remote", "set-url", "origin", "https://user:p@ss/c4nary@127.0.0.1:1/x")
    run = world.reletan("-v", "doctor")
    checks = doctor(world, code=1)
    assert wrong(checks) == {"remote.address": "warning", "remote.reachable": "failed"}
    assert checks["remote.address"]["fix"].startswith("git remote set-url origin https://127.0.0.1:1/x ")
    assert "c4nary" not in f"{run}{checks}"


def test_a_secret_that_only_pushes_use(world: World) -> None:
    world.git("remote", "set-url", "--push", "origin", "https://c4nary@127.0.0.1:1/x")
    checks = doctor(world, "--offline", code=0)
    assert checks["remote.address"]["fix"].startswith("git remote set-url --push origin https://127.0.0.1:1/x ")
    assert "c4nary" not in f"{checks}"


def test_a_remote_that_accepts_and_says_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fifo = world.folder / "never"
    os.mkfifo(fifo)
    hanging = WrappedGit(world, f'case " $* " in *" ls-remote "*) read x <{fifo};; esac')
    monkeypatch.setenv("PATH", hanging.environment["PATH"])
    assert clonestate.REMOTE_TIMEOUT <= 60
    monkeypatch.setattr(clonestate, "REMOTE_TIMEOUT", 0.1)
    assert not run_here(str(world.clone), Terminal(), offline=False)
    assert "failed   reachable: The remote cannot be reached" in capsys.readouterr().out


def test_a_remote_without_atomic_pushes(world: World) -> None:
    world.no_atomic()
    checks = doctor(world, code=1)
    assert wrong(checks) == {"remote.push": "failed"}
    assert "atomic" in checks["remote.push"]["text"]


def test_branches_that_are_not_there(world: World) -> None:
    settings = {"RELETAN_FLOW_PRODUCTION": "live"}
    checks = doctor(world, code=1, env=settings)
    assert wrong(checks) == {"remote.branches": "failed"}
    assert "RELETAN_FLOW_PRODUCTION says production" in checks["remote.branches"]["fix"]


def test_a_remote_of_another_name_that_the_settings_want(world: World) -> None:
    checks = doctor(world, code=1, env={"RELETAN_FLOW_REMOTE": "upstream"})
    assert wrong(checks) == {"remote.reachable": "failed"}
    assert checks["remote.reachable"]["fix"].startswith(
        'RELETAN_FLOW_REMOTE says remote = "upstream"; correct it there, or'
    )


def test_release_tags_of_two_kinds_fail_as_start_does(world: World) -> None:
    assert doctor(world)["remote.tags"]["text"] == "a release's tag is like v1.4.0"
    world.git("push", "--quiet", "origin", "origin/main:refs/tags/0.9.0")
    checks = doctor(world, code=1)
    assert wrong(checks) == {"remote.tags": "failed"}
    assert checks["remote.tags"]["text"] in world.reletan("start", "--yes").err
    assert wrong(doctor(world, code=0, env={"RELETAN_FLOW_TAG_PREFIX": "v"})) == {}


def test_tags_of_another_kind_beside_production_are_nobodys_business(world: World) -> None:
    world.git("push", "--quiet", "origin", "origin/develop:refs/tags/api-0.9.0")
    assert wrong(doctor(world, code=0)) == {}


# what comes from outside


def test_hostile_texts_are_inert_and_a_pasted_fix_runs_nothing_else(world: World) -> None:
    evil = "\x1b[31m\u202ex';touch pwned;'"
    world.git("config", "gitflow.prefix.versiontag", evil)
    world.git("config", "user.name", evil)
    folder: Path = world.clone / ".git" / "refs" / "heads" / "a;touch pwned"
    folder.mkdir()
    (folder / "x.lock").touch()
    (world.clone / ".reletan.toml").write_text('[flow]\ntag_prefix = "v"\n')
    for run in (text(world), text(world, "--json")):
        assert all(line.isprintable() for line in (run.out + run.err).splitlines())
    fix = doctor(world)["clone.locks"]["fix"]
    subprocess.run(["sh", "-c", fix], cwd=world.clone, check=True)
    assert not (world.clone / "pwned").exists()
    assert not (folder / "x.lock").exists()
