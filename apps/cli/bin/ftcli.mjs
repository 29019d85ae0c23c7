#!/usr/bin/env node
// The same program under the name that FileTAO's users know. It finds its name in the path of this file.
import "./neurond.mjs";
