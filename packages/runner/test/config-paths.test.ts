import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { machine } from './config-home.ts'

describe('paths', () => {
  it('are relative to the file that names them, and ~/ is the home directory', async () => {
    const { load, at, home } = machine({
      'etc/runner.toml': 'workspace_root = "spaces"',
      'own/users/bob.toml': 'mounts.shared = "~/bob"',
      'own/agent.toml': 'prompt_file = "texts/prompt.md"',
      'own/texts/prompt.md': 'Be kind.\n',
    })
    const config = await load({ user: 'bob' })
    expect(config.workspaceRoot).toBe(at('etc/spaces'))
    expect(config.user?.workspace).toBe(join(home, 'bob'))
    expect(config.prompt).toBe('Be kind.\n')
    expect((await load({ user: 'alice' })).user?.workspace).toBe(at('etc/spaces/alice/shared'))
  })

  it('of variables and flags are relative to the working directory', async () => {
    const { load, cwd } = machine({})
    const config = await load({ user: 'bob', env: { NACRE__WORKSPACE_ROOT: 'w' }, flags: { workspace: './mine' } })
    expect(config.workspaceRoot).toBe(join(cwd, 'w'))
    expect(config.user?.workspace).toBe(join(cwd, 'mine'))
  })

  it('config_path takes the place of users/<id>.toml, and must be there', async () => {
    const { load, refusal, at } = machine({
      'own/runner.toml': '[users.bob]\nconfig_path = "bob.toml"\n[users.eve]\nconfig_path = "gone.toml"',
      'own/bob.toml': 'behavior.shell_enabled = false',
      'own/users/bob.toml': 'mounts.shared = "~/not-read"',
    })
    const config = await load({ user: 'bob' })
    expect(config.tools.shell.enabled).toBe(false)
    expect(config.origins.get('mounts.shared')).toBe('default')
    expect(await refusal({ user: 'eve' })).toContain(
      `${at('own/runner.toml')}:4:1: users.eve.config_path: there is no file`,
    )
  })

  it('a user can lose the shell by their own file and not gain it', async () => {
    const { load } = machine({
      'own/agent.toml': 'tools.shell.enabled = false',
      'own/users/bob.toml': 'behavior.shell_enabled = true',
    })
    expect((await load({ user: 'bob' })).tools.shell.enabled).toBe(false)
  })

  it('a workspace may not hold the home directory or lie among our own files', async () => {
    const { refusal, load, home } = machine({})
    const workspace = (path: string) => refusal({ user: 'bob', flags: { workspace: path } })
    expect(await workspace('/')).toContain('flag --workspace: the workspace / holds')
    expect(await workspace(home)).toContain('Name a directory that is for the agent alone')
    expect(await workspace(join(home, '..'))).toContain('holds')
    expect(await workspace(join(home, '.config'))).toContain('holds')
    expect(await workspace(join(home, '.config/nacre/x'))).toContain("lies among Nacre's own files")
    expect(await workspace(join(home, '.local/state/nacre/users/bob'))).toContain("lies among Nacre's own files")
    await expect(load({ user: 'bob', flags: { workspace: join(home, 'agent') } })).resolves.toBeDefined()
  })

  it('refuses a user id that is not one, before it becomes a path', async () => {
    const { refusal } = machine({})
    for (const user of ['', '.', '..', '../x', 'a/b', 'Alice', '-a', 'a'.repeat(33), 'a\0', 'a\n']) {
      expect(await refusal({ user })).toContain('flag --user: expected a user of 1 to 32 characters')
    }
  })

  it('a prompt is a text or a file, and the higher layer says which', async () => {
    const { load, refusal } = machine({
      'own/agent.toml': 'prompt_file = "p.md"',
      'own/p.md': 'from the file',
      'project/agent.toml': 'prompt = "from the project"',
    })
    expect((await load()).prompt).toBe('from the project')
    expect((await load({ env: { NACRE__PROMPT_FILE: '.nacre/../../home/.config/nacre/p.md' } })).prompt).toBe(
      'from the file',
    )
    expect(await refusal({ env: { NACRE__PROMPT_FILE: 'gone.md' } })).toContain('prompt_file: there is no file')
    const replaced = machine({ 'etc/agent.toml': 'prompt_file = "gone"', 'own/agent.toml': 'prompt = "here"' })
    expect((await replaced.load()).prompt).toBe('here')
    expect(await machine({ 'own/agent.toml': 'prompt = "a"\nprompt_file = "b"' }).refusal()).toContain(
      'agent.toml:2:1: prompt_file and prompt are both set',
    )
    expect(await refusal({ env: { NACRE__PROMPT_FILE: '.' } })).toContain('is not a regular file')
  })

  it('a project names no prompt outside its .nacre, links followed', async () => {
    const { refusal, at, cwd } = machine({
      'project/agent.toml': 'prompt_file = "prompt.md"',
      'home/.ssh/id_rsa': 'canary',
      'repo/.env': 'canary',
    })
    symlinkSync(at('home/.ssh/id_rsa'), at('project/prompt.md'))
    const text = await refusal()
    expect(text).toContain(
      `agent.toml:1:1: prompt_file: a project may only name a file that lies in ${join(cwd, '.nacre')}/`,
    )
    expect(text).not.toContain('canary')
    const linked = machine({ 'repo/agent.toml': 'prompt_file = ".env"', 'repo/.env': 'canary' })
    symlinkSync('.', linked.at('repo/.nacre'))
    expect(await linked.refusal()).toContain('a project may only name')
  })
})
