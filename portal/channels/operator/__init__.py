"""What whoever runs the portal sees of it: how its sources are doing. Shows nothing about any citizen."""
