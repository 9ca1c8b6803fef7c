// The `narthex` command: arguments in, exit code out.
import { Command, CommanderError } from 'commander'
import { backupCommand } from './commands/backup.ts'
import { demoCommand } from './commands/demo.ts'
import { initCommand } from './commands/init.ts'
import { keyCommand } from './commands/key.ts'
import { memberCommand } from './commands/member.ts'
import { migrateCommand } from './commands/migrate.ts'
import { referralCommand } from './commands/referral.ts'
import { serveCommand } from './commands/serve.ts'
import { signingKeyCommand } from './commands/signing-key.ts'
import { verifyCommand } from './commands/verify.ts'
import { workspaceCommand } from './commands/workspace.ts'
import { createOutput, type Output } from './output.ts'

/** Done, refused or failed, wrong usage. */
const exitCodes = { done: 0, failed: 1, usage: 2 } as const

export async function main(argv: readonly string[], output: Output = createOutput()): Promise<number> {
  const program = createProgram(output)
  try {
    await program.parseAsync([...argv])
    return exitCodes.done
  } catch (error) {
    // The parser has written what is wrong, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage
    output.failure(error instanceof Error ? error.message : String(error))
    return exitCodes.failed
  }
}

function createProgram(output: Output): Command {
  const program = new Command('narthex')
    .description('Narthex lets external users in: who came in, by which channel, and whether they still may.')
    .version('0.1.0', '--version', 'print the version')
    .addHelpText('after', examples)
  const commands = [
    serveCommand,
    initCommand,
    workspaceCommand,
    memberCommand,
    referralCommand,
    keyCommand,
    signingKeyCommand,
    demoCommand,
    migrateCommand,
    backupCommand,
    verifyCommand,
  ]
  for (const create of commands) program.addCommand(create(output))
  return prepared(program)
}

/** Commands are made on their own, so each has to be told what the program decides for all. */
function prepared(command: Command): Command {
  command.exitOverride().showHelpAfterError('(--help tells more)').allowExcessArguments(false)
  for (const each of command.commands) prepared(each)
  return command
}

const examples = `
Examples:
  $ narthex serve                                            start; the first start prints the first credentials
  $ narthex demo                                             fill the first workspace with a made-up world
  $ narthex workspace create "Acme Ltd"                      another workspace with its first API key
  $ narthex member create --workspace ID --role reviewer …   one of your own people, with a token
  $ narthex referral list --status REFERRED                  who waits for a decision
  $ narthex key create --workspace ID --scope tiers:read     an API key that can do one thing
  $ narthex signing-key rotate                               another key for tokens, in ten minutes
  $ narthex backup narthex-monday.db                         copy the database while it is served
  $ narthex verify                                           check that no recorded event was changed

Exit codes: 0 done, 1 refused or failed, 2 wrong usage.
Settings are environment variables; the most common:
  NARTHEX_DATA_DIR        where the database and the secret live (./data)
  NARTHEX_DATABASE_URL    sqlite:PATH or postgres://… (a file in the data folder)
  NARTHEX_HOST, NARTHEX_PORT  where to listen (127.0.0.1, 8080)
  NARTHEX_SECRET          the instance secret; required with PostgreSQL
  NARTHEX_MEMBER_TOKEN    whose token the commands on referrals and members use`
