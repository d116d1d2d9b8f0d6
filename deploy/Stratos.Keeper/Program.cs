using Stratos.Keeper;

return KeeperCommand.Create().Parse(args).Invoke();
