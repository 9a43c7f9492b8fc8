#!/usr/bin/env node
import { main } from '../dist/cli/main.js';
import { watchStreams } from '../dist/cli/terminal/streams.js';

watchStreams();
process.exitCode = await main(process.argv.slice(2));
